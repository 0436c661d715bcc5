package io.steppe.alloc.canonical;

import io.steppe.proto.v1.DisconnectStrategy;
import io.steppe.proto.v1.EphemeralDisk;
import io.steppe.proto.v1.MigrateStrategy;
import io.steppe.proto.v1.ReschedulePolicy;
import io.steppe.proto.v1.RestartPolicy;
import io.steppe.proto.v1.UpdateStrategy;
import java.time.Duration;
import java.util.Optional;

/**
 * What a group does about restarts, rescheduling, updates and drains when its job leaves it open.
 */
final class Policies {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;

  private Policies() {}

  static RestartPolicy restart(JobType type, RestartPolicy given) {
    var policy =
        RestartPolicy.newBuilder().setDelay(15 * SECOND).setMode("fail").setRenderTemplates(false);
    if (type.ends()) {
      policy.setAttempts(3).setInterval(24 * HOUR);
    } else {
      policy.setAttempts(2).setInterval(30 * MINUTE);
    }
    return policy.mergeFrom(given).build();
  }

  /** Absent for jobs that run everywhere: their allocations are never moved. */
  static Optional<ReschedulePolicy> reschedule(JobType type, ReschedulePolicy given, boolean has) {
    if (type.everywhere()) {
      return has ? Optional.of(given) : Optional.empty();
    }
    var policy = ReschedulePolicy.newBuilder();
    if (type == JobType.BATCH) {
      policy.setAttempts(1).setInterval(24 * HOUR).setDelay(5 * SECOND);
      policy.setDelayFunction("constant").setMaxDelay(0).setUnlimited(false);
    } else {
      policy.setAttempts(0).setInterval(0).setDelay(30 * SECOND);
      policy.setDelayFunction("exponential").setMaxDelay(HOUR).setUnlimited(true);
    }
    return Optional.of(policy.mergeFrom(given).build());
  }

  /** A job's own strategy keeps only what is not decided by group. */
  static UpdateStrategy updateOfJob(JobType type, UpdateStrategy given, boolean updates) {
    var strategy = UpdateStrategy.newBuilder().setStagger(0).setMaxParallel(0);
    if (type == JobType.SERVICE || updates && !type.ends()) {
      strategy.setStagger(30 * SECOND).setMaxParallel(1);
    }
    if (given.hasStagger()) {
      strategy.setStagger(given.getStagger());
    }
    if (given.hasMaxParallel()) {
      strategy.setMaxParallel(given.getMaxParallel());
    }
    return strategy
        .setHealthCheck("")
        .setMinHealthyTime(0)
        .setHealthyDeadline(0)
        .setProgressDeadline(0)
        .setAutoRevert(false)
        .setAutoPromote(false)
        .setCanary(0)
        .build();
  }

  static UpdateStrategy update(UpdateStrategy ofJob, UpdateStrategy ofGroup) {
    return UpdateStrategy.newBuilder()
        .setStagger(30 * SECOND)
        .setMaxParallel(1)
        .setHealthCheck("checks")
        .setMinHealthyTime(10 * SECOND)
        .setHealthyDeadline(5 * MINUTE)
        .setProgressDeadline(10 * MINUTE)
        .setAutoRevert(false)
        .setAutoPromote(false)
        .setCanary(0)
        .mergeFrom(ofJob)
        .mergeFrom(ofGroup)
        .build();
  }

  static MigrateStrategy migrate(MigrateStrategy given) {
    return MigrateStrategy.newBuilder()
        .setMaxParallel(1)
        .setHealthCheck("checks")
        .setMinHealthyTime(10 * SECOND)
        .setHealthyDeadline(5 * MINUTE)
        .mergeFrom(given)
        .build();
  }

  static EphemeralDisk disk(EphemeralDisk given) {
    return EphemeralDisk.newBuilder()
        .setSticky(false)
        .setSizeMb(300)
        .setMigrate(false)
        .mergeFrom(given)
        .build();
  }

  static DisconnectStrategy disconnect(DisconnectStrategy given) {
    var strategy = given.toBuilder();
    if (!given.hasReplace()) {
      strategy.setReplace(true);
    }
    if (given.getReconcile().isEmpty()) {
      strategy.setReconcile("best_score");
    }
    return strategy.build();
  }
}
