package io.steppe.agent.task;

import io.steppe.proto.v1.RestartPolicy;
import java.time.Duration;
import java.time.Instant;

/**
 * When a task that ended is started again: so many attempts in an interval, each after a delay with
 * jitter of a quarter.
 *
 * @param onSuccess whether a run that ended well is started again too (service and system jobs)
 */
public record RestartRule(
    int attempts, Duration interval, Duration delay, Mode mode, boolean onSuccess) {
  private static final double JITTER = 0.25;

  /** What happens after the last attempt of an interval. */
  public enum Mode {
    FAIL,
    DELAY
  }

  /** Restarts so far: how many in the interval that began then. */
  public record Count(int restarts, Instant began) {}

  /** How a run ended, or did not begin. */
  public sealed interface Ending {
    record Exited(Exit exit) implements Ending {}

    record StartFailed(boolean recoverable) implements Ending {}
  }

  /** What to do, and the count afterwards. */
  public sealed interface Verdict {
    Count count();

    /** Start again after a while; reason is Nomad's text. */
    record Restart(Duration after, String reason, Count count) implements Verdict {}

    /** Over, and failed. */
    record Fail(String reason, Count count) implements Verdict {}

    /** Over, and well. */
    record Finish(Count count) implements Verdict {}
  }

  public static final String WITHIN_POLICY = "Restart within policy";

  /** The rule a job gives a task. */
  public static RestartRule of(RestartPolicy policy, boolean onSuccess) {
    return new RestartRule(
        (int) policy.getAttempts(),
        Duration.ofNanos(policy.getInterval()),
        Duration.ofNanos(policy.getDelay()),
        policy.getMode().equals("delay") ? Mode.DELAY : Mode.FAIL,
        onSuccess);
  }

  /**
   * Decides what follows an ending.
   *
   * @param random in [0, 1): how much of the jitter is added to the delay
   */
  public Verdict judge(Count before, Ending ending, Instant now, double random) {
    boolean well = ending instanceof Ending.Exited(Exit exit) && exit.successful();
    if (well && !onSuccess) {
      return new Verdict.Finish(before);
    }
    if (attempts <= 0) {
      return new Verdict.Fail("Policy allows no restarts", before);
    }
    if (ending instanceof Ending.StartFailed(boolean recoverable) && !recoverable) {
      return new Verdict.Fail("Error was unrecoverable", before);
    }
    boolean newInterval = now.isAfter(before.began().plus(interval));
    Count count =
        newInterval ? new Count(1, now) : new Count(before.restarts() + 1, before.began());
    if (count.restarts() <= attempts) {
      Duration jitter = Duration.ofNanos((long) (delay.toNanos() * JITTER * random));
      return new Verdict.Restart(delay.plus(jitter), WITHIN_POLICY, count);
    }
    return switch (mode) {
      case FAIL ->
          new Verdict.Fail(
              "Exceeded allowed attempts %d in interval %s and mode is \"fail\""
                  .formatted(attempts, GoDuration.format(interval)),
              count);
      case DELAY -> {
        Duration untilNext = Duration.between(now, count.began().plus(interval));
        Duration wait = untilNext.compareTo(delay) > 0 ? untilNext : delay;
        yield new Verdict.Restart(wait, "Exceeded allowed attempts, applying a delay", count);
      }
    };
  }
}
