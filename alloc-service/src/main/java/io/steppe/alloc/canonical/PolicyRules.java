package io.steppe.alloc.canonical;

import io.steppe.proto.v1.MigrateStrategy;
import io.steppe.proto.v1.ReschedulePolicy;
import io.steppe.proto.v1.RestartPolicy;
import io.steppe.proto.v1.UpdateStrategy;
import java.time.Duration;
import java.util.Set;

/**
 * What policies for restarts, rescheduling, updates and drains must be. Durations in nanoseconds.
 */
final class PolicyRules {
  private static final long SHORTEST = Duration.ofSeconds(5).toNanos();
  private static final Set<String> HEALTH_CHECKS = Set.of("checks", "task_states", "manual");
  private static final Set<String> DELAY_FUNCTIONS = Set.of("constant", "exponential", "fibonacci");

  private PolicyRules() {}

  static void restart(RestartPolicy policy, String group, Problems problems) {
    if (!policy.getMode().equals("fail") && !policy.getMode().equals("delay")) {
      problems.add("Unsupported restart mode: \"" + policy.getMode() + "\"");
      return;
    }
    if (policy.getAttempts() == 0) {
      // Without attempts there is no interval to wait for.
      problems.addIf(
          policy.getMode().equals("delay"),
          "Restart policy \"delay\" with 0 attempts is ambiguous");
      return;
    }
    problems.addIf(policy.getAttempts() < 0, "Restart policy attempts can not be less than zero");
    problems.addIf(
        policy.getInterval() < SHORTEST,
        "Interval can not be less than 5s (got " + Durations.text(policy.getInterval()) + ")");
    boolean impossible =
        policy.getDelay() > 0 && policy.getAttempts() > policy.getInterval() / policy.getDelay();
    problems.addIf(
        impossible,
        "Nomad can't restart the TaskGroup "
            + group
            + " "
            + policy.getAttempts()
            + " times in an interval of "
            + Durations.text(policy.getInterval())
            + " with a delay of "
            + Durations.text(policy.getDelay()));
  }

  static Problems reschedule(ReschedulePolicy policy) {
    var problems = new Problems();
    if (policy.getAttempts() <= 0 && !policy.getUnlimited()) {
      return problems;
    }
    String function = policy.getDelayFunction();
    problems.addIf(
        policy.getDelay() < SHORTEST,
        "Delay cannot be less than 5s (got " + Durations.text(policy.getDelay()) + ")");
    if (!DELAY_FUNCTIONS.contains(function)) {
      problems.add(
          "Invalid delay function \""
              + function
              + "\", must be one of [\"constant\" \"exponential\" \"fibonacci\"]");
      return problems;
    }
    if (!function.equals("constant")) {
      problems.addIf(
          policy.getMaxDelay() < policy.getDelay(),
          "Max Delay cannot be less than Delay "
              + Durations.text(policy.getDelay())
              + " (got "
              + Durations.text(policy.getMaxDelay())
              + ")");
    }
    if (policy.getUnlimited()) {
      problems.addIf(
          policy.getAttempts() > 0,
          "Reschedule Policy with unlimited attempts cannot have attempts");
    } else {
      problems.addIf(
          policy.getInterval() < SHORTEST,
          "Interval cannot be less than 5s (got " + Durations.text(policy.getInterval()) + ")");
    }
    return problems;
  }

  static Problems update(UpdateStrategy strategy) {
    var problems = new Problems();
    problems.addIf(
        !HEALTH_CHECKS.contains(strategy.getHealthCheck()),
        "Invalid health check given: \"" + strategy.getHealthCheck() + "\"");
    problems.addIf(
        strategy.getMaxParallel() < 0,
        "Max parallel can not be less than zero: " + strategy.getMaxParallel() + " < 0");
    problems.addIf(
        strategy.getCanary() < 0,
        "Canary count can not be less than zero: " + strategy.getCanary() + " < 0");
    problems.addIf(
        strategy.getCanary() == 0 && strategy.getAutoPromote(),
        "Auto Promote requires a Canary count greater than zero");
    problems.addIf(
        strategy.getMinHealthyTime() < 0,
        "Minimum healthy time may not be less than zero: "
            + Durations.text(strategy.getMinHealthyTime()));
    problems.addIf(
        strategy.getHealthyDeadline() <= 0,
        "Healthy deadline must be greater than zero: "
            + Durations.text(strategy.getHealthyDeadline()));
    problems.addIf(
        strategy.getProgressDeadline() < 0,
        "Progress deadline must be zero or greater: "
            + Durations.text(strategy.getProgressDeadline()));
    problems.addIf(
        strategy.getMinHealthyTime() >= strategy.getHealthyDeadline(),
        "Minimum healthy time must be less than healthy deadline: "
            + Durations.text(strategy.getMinHealthyTime())
            + " > "
            + Durations.text(strategy.getHealthyDeadline()));
    problems.addIf(
        strategy.getProgressDeadline() != 0
            && strategy.getHealthyDeadline() >= strategy.getProgressDeadline(),
        "Healthy deadline must be less than progress deadline: "
            + Durations.text(strategy.getHealthyDeadline())
            + " > "
            + Durations.text(strategy.getProgressDeadline()));
    problems.addIf(
        strategy.getStagger() <= 0,
        "Stagger must be greater than zero: " + Durations.text(strategy.getStagger()));
    return problems;
  }

  static Problems migrate(MigrateStrategy strategy) {
    var problems = new Problems();
    problems.addIf(
        strategy.getMaxParallel() < 0,
        "MaxParallel must be >= 0 but found " + strategy.getMaxParallel());
    boolean known =
        strategy.getHealthCheck().equals("checks")
            || strategy.getHealthCheck().equals("task_states");
    problems.addIf(!known, "HealthCheck \"" + strategy.getHealthCheck() + "\" not supported");
    problems.addIf(
        strategy.getMinHealthyTime() < 0,
        "MinHealthyTime is " + Durations.text(strategy.getMinHealthyTime()) + " and must be >= 0");
    problems.addIf(
        strategy.getHealthyDeadline() < 0,
        "HealthyDeadline is "
            + Durations.text(strategy.getHealthyDeadline())
            + " and must be >= 0");
    problems.addIf(
        strategy.getMinHealthyTime() > strategy.getHealthyDeadline(),
        "MinHealthyTime must be less than HealthyDeadline");
    return problems;
  }
}
