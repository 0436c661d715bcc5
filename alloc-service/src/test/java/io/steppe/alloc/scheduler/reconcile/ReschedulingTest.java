package io.steppe.alloc.scheduler.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.ReschedulePolicy;
import io.steppe.proto.v1.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When failed allocations are tried again. */
class ReschedulingTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private static Allocation failed(Allocation before, long at) {
    return before.toBuilder()
        .setId("alloc")
        .setNodeId("node")
        .setClientStatus("failed")
        .putTaskStates("t", TaskState.newBuilder().setFinishedAt(at).build())
        .build();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          constant    | 5  | 0    | 5 5 5 5
          exponential | 5  | 60   | 5 10 20 40 60 60
          exponential | 30 | 3600 | 30 60 120 240 480 960 1920 3600 3600
          fibonacci   | 5  | 60   | 5 5 10 15 25 40 60 60
          """)
  void growsItsDelays(String function, long delay, long most, String expected) {
    var policy =
        ReschedulePolicy.newBuilder()
            .setUnlimited(true)
            .setDelayFunction(function)
            .setDelay(delay * SECOND)
            .setMaxDelay(most * SECOND)
            .build();
    Allocation allocation = Allocation.getDefaultInstance();
    long now = 1_000_000 * SECOND;
    List<Long> delays = new ArrayList<>();
    int steps = expected.split(" ").length;
    for (int i = 0; i < steps; i++) {
      allocation = failed(allocation, now);
      long due = Rescheduling.due(allocation, policy).orElseThrow();
      delays.add((due - now) / SECOND);
      now = due;
      allocation =
          allocation.toBuilder()
              .setRescheduleTracker(Rescheduling.next(allocation, policy, now))
              .build();
      // It fails as soon as it starts.
      now += SECOND / 10;
    }
    assertEquals(Arrays.stream(expected.split(" ")).map(Long::valueOf).toList(), delays);
  }

  @Test
  void beginsAnewAfterALongRun() {
    var policy =
        ReschedulePolicy.newBuilder()
            .setUnlimited(true)
            .setDelayFunction("exponential")
            .setDelay(5 * SECOND)
            .setMaxDelay(8 * SECOND)
            .build();
    Allocation first = failed(Allocation.getDefaultInstance(), 100 * SECOND);
    Allocation second =
        failed(
            first.toBuilder()
                .setRescheduleTracker(Rescheduling.next(first, policy, 105 * SECOND))
                .build(),
            500 * SECOND);
    assertEquals(OptionalLong.of(505 * SECOND), Rescheduling.due(second, policy));
  }

  @Test
  void countsAttemptsWithinTheInterval() {
    var policy =
        ReschedulePolicy.newBuilder()
            .setAttempts(2)
            .setInterval(100 * SECOND)
            .setDelayFunction("constant")
            .setDelay(5 * SECOND)
            .build();
    Allocation allocation = failed(Allocation.getDefaultInstance(), 1000 * SECOND);
    for (int i = 0; i < 2; i++) {
      long due = Rescheduling.due(allocation, policy).orElseThrow();
      allocation =
          failed(
              allocation.toBuilder()
                  .setRescheduleTracker(Rescheduling.next(allocation, policy, due))
                  .build(),
              due + SECOND);
    }
    assertEquals(OptionalLong.empty(), Rescheduling.due(allocation, policy));
    assertEquals(
        OptionalLong.of(1205 * SECOND),
        Rescheduling.due(failed(allocation, 1200 * SECOND), policy));
  }

  @Test
  void neverWithoutAttempts() {
    assertEquals(
        OptionalLong.empty(),
        Rescheduling.due(
            failed(Allocation.getDefaultInstance(), SECOND),
            ReschedulePolicy.getDefaultInstance()));
  }
}
