package io.steppe.alloc.scheduler.reconcile;

import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.RescheduleEvent;
import io.steppe.proto.v1.ReschedulePolicy;
import io.steppe.proto.v1.RescheduleTracker;
import io.steppe.proto.v1.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * When a failed allocation may be tried elsewhere, and what is remembered of it. Times and delays
 * in nanoseconds.
 */
public final class Rescheduling {
  private static final int REMEMBERED = 5;

  private Rescheduling() {}

  /** When a failed allocation may be replaced; empty when its policy has no attempt left. */
  static OptionalLong due(Allocation failed, ReschedulePolicy policy) {
    long failedAt = failedAt(failed);
    List<RescheduleEvent> events = failed.getRescheduleTracker().getEventsList();
    long delay = delay(policy, events, failedAt);
    if (!policy.getUnlimited()) {
      if (policy.getAttempts() <= 0) {
        return OptionalLong.empty();
      }
      long attempted =
          events.stream()
              .filter(event -> failedAt - event.getRescheduleTime() < policy.getInterval())
              .count();
      boolean tooSlow = !events.isEmpty() && delay >= policy.getInterval();
      if (attempted >= policy.getAttempts() || tooSlow) {
        return OptionalLong.empty();
      }
    }
    return OptionalLong.of(later(failedAt, delay));
  }

  /** The tracker of the allocation that replaces a failed one. */
  public static RescheduleTracker next(Allocation failed, ReschedulePolicy policy, long now) {
    List<RescheduleEvent> events = failed.getRescheduleTracker().getEventsList();
    List<RescheduleEvent> kept = new ArrayList<>(events);
    if (policy.getAttempts() > 0) {
      kept.removeIf(
          event ->
              policy.getInterval() > 0 && now - event.getRescheduleTime() > policy.getInterval());
    } else if (kept.size() > REMEMBERED) {
      kept = kept.subList(kept.size() - REMEMBERED, kept.size());
    }
    return RescheduleTracker.newBuilder()
        .addAllEvents(kept)
        .addEvents(
            RescheduleEvent.newBuilder()
                .setRescheduleTime(now)
                .setPrevAllocId(failed.getId())
                .setPrevNodeId(failed.getNodeId())
                .setDelay(delay(policy, events, failedAt(failed))))
        .setLastReschedule("ok")
        .build();
  }

  static long delay(ReschedulePolicy policy, List<RescheduleEvent> events, long failedAt) {
    if (events.isEmpty()) {
      return policy.getDelay();
    }
    RescheduleEvent last = events.getLast();
    long delay =
        switch (policy.getDelayFunction()) {
          case "exponential" -> doubled(last.getDelay());
          case "fibonacci" -> fibonacci(policy, events);
          default -> policy.getDelay();
        };
    if (delay < policy.getDelay()) {
      delay = policy.getDelay();
    }
    boolean growing = !policy.getDelayFunction().equals("constant");
    if (growing && policy.getMaxDelay() > 0 && delay > policy.getMaxDelay()) {
      delay = policy.getMaxDelay();
      // It ran for longer than the longest delay: what failed now is something new.
      if (failedAt - last.getRescheduleTime() > delay) {
        return policy.getDelay();
      }
    }
    return delay;
  }

  private static long fibonacci(ReschedulePolicy policy, List<RescheduleEvent> events) {
    long last = events.getLast().getDelay();
    if (events.size() < 2) {
      return last;
    }
    long before = events.get(events.size() - 2).getDelay();
    // The series began anew after the longest delay.
    if (before == policy.getMaxDelay() && last == policy.getDelay()) {
      return last;
    }
    return before > Long.MAX_VALUE - last ? Long.MAX_VALUE : before + last;
  }

  /** A time and a delay after it; as late as can be where that is too late to write. */
  static long later(long at, long delay) {
    return delay > Long.MAX_VALUE - at ? Long.MAX_VALUE : at + delay;
  }

  private static long doubled(long delay) {
    return delay > Long.MAX_VALUE / 2 ? Long.MAX_VALUE : delay * 2;
  }

  /** When the last of its tasks ended, or when it was last heard of. */
  static long failedAt(Allocation allocation) {
    long last =
        allocation.getTaskStatesMap().values().stream()
            .mapToLong(TaskState::getFinishedAt)
            .max()
            .orElse(0);
    return last > 0 ? last : allocation.getModifyTime();
  }
}
