package io.steppe.agent.alloc;

import io.steppe.agent.alloc.AllocModel.Health;
import io.steppe.agent.alloc.AllocModel.TaskModel;
import io.steppe.agent.alloc.GroupSpec.HealthSpec;
import io.steppe.agent.alloc.GroupSpec.Hook;
import io.steppe.agent.alloc.GroupSpec.TaskSpec;
import io.steppe.agent.task.TaskEvents;
import io.steppe.proto.v1.AllocDeploymentStatus;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether an allocation counts as healthy in its deployment: healthy once all its tasks ran for the
 * minimum time without a break (and, when its job says so, their checks passed for as long),
 * unhealthy when one of them failed or the deadline passed.
 */
final class AllocHealth {
  private AllocHealth() {}

  /** The health after a look at the tasks now. */
  static Health judge(GroupSpec spec, AllocModel model, Instant now) {
    if (spec.health().isEmpty()) {
      return Health.UNWATCHED;
    }
    HealthSpec wanted = spec.health().get();
    Health health = model.health();
    if (health.deadline().isEmpty() || !health.of().equals(wanted.of())) {
      health = new Health(wanted.of(), Optional.of(now.plus(wanted.deadline())), Optional.empty());
    }
    if (health.decided() || model.stopping()) {
      return health;
    }
    if (spec.tasks().stream().anyMatch(task -> broken(task, model.tasks().get(task.name())))) {
      return decide(health, wanted, false, now);
    }
    Optional<Instant> healthyAt = healthyAt(spec, model);
    if (healthyAt.isPresent() && !healthyAt.get().isAfter(now)) {
      return decide(health, wanted, true, now);
    }
    return health.deadline().get().isAfter(now) ? health : decide(health, wanted, false, now);
  }

  /** When it has been well for long enough; empty while it is not well. */
  static Optional<Instant> healthyAt(GroupSpec spec, AllocModel model) {
    boolean checked = spec.health().map(HealthSpec::checks).orElse(false);
    Optional<Instant> steady = steadySince(spec, model);
    Optional<Instant> well =
        checked
            ? steady.flatMap(
                since -> model.passing().map(pass -> pass.isAfter(since) ? pass : since))
            : steady;
    return well.flatMap(since -> spec.health().map(one -> since.plus(one.minHealthyTime())));
  }

  /** Since when all tasks are as they should be; empty while they are not. */
  static Optional<Instant> steadySince(GroupSpec spec, AllocModel model) {
    Instant since = Instant.MIN;
    for (TaskSpec task : spec.tasks()) {
      TaskModel now = model.tasks().get(task.name());
      if (task.hook() == Hook.POSTSTOP || (task.ephemeral() && now.dead() && !now.failed())) {
        continue;
      }
      if (!now.running() || task.ephemeral()) {
        return Optional.empty();
      }
      Instant started = TaskEvents.instant(now.state().getStartedAt());
      since = started.isAfter(since) ? started : since;
    }
    return since.equals(Instant.MIN) ? Optional.empty() : Optional.of(since);
  }

  private static boolean broken(TaskSpec task, TaskModel now) {
    return task.hook() != Hook.POSTSTOP && now.dead() && (now.failed() || !task.ephemeral());
  }

  private static Health decide(Health health, HealthSpec wanted, boolean healthy, Instant now) {
    var status =
        AllocDeploymentStatus.newBuilder()
            .setHealthy(healthy)
            .setTimestamp(TaskEvents.nanos(now))
            .setCanary(wanted.canary())
            .build();
    return new Health(health.of(), health.deadline(), Optional.of(status));
  }
}
