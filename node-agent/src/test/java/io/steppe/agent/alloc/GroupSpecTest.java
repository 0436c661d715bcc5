package io.steppe.agent.alloc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.MigrateStrategy;
import io.steppe.proto.v1.TaskGroup;
import io.steppe.proto.v1.UpdateStrategy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Whose health is watched, and by which of a group's blocks. */
class GroupSpecTest {
  private static Allocation allocation(String type, TaskGroup.Builder group) {
    return Allocation.newBuilder()
        .setTaskGroup("web")
        .setJob(Job.newBuilder().setType(type).addTaskGroups(group.setName("web")))
        .build();
  }

  private static TaskGroup.Builder group(Duration migrate, Duration update) {
    return TaskGroup.newBuilder()
        .setMigrate(
            MigrateStrategy.newBuilder()
                .setMinHealthyTime(migrate.toNanos())
                .setHealthyDeadline(migrate.multipliedBy(10).toNanos()))
        .setUpdate(
            UpdateStrategy.newBuilder()
                .setMinHealthyTime(update.toNanos())
                .setHealthyDeadline(update.multipliedBy(10).toNanos()));
  }

  @Test
  void aServiceWithoutADeploymentIsWatchedForWhoeverIsSoonerContent() {
    var quickUpdate = group(Duration.ofSeconds(10), Duration.ofSeconds(2));
    var health = GroupSpec.of(allocation("service", quickUpdate)).health().orElseThrow();
    assertEquals(Duration.ofSeconds(2), health.minHealthyTime());
    assertEquals(Duration.ofSeconds(100), health.deadline());
    var quickDrain = group(Duration.ofSeconds(1), Duration.ofSeconds(20));
    health = GroupSpec.of(allocation("service", quickDrain)).health().orElseThrow();
    assertEquals(Duration.ofSeconds(1), health.minHealthyTime());
    assertEquals(Duration.ofSeconds(200), health.deadline());
  }

  @Test
  void aDeploymentIsWatchedByItsUpdate() {
    var allocation =
        allocation("service", group(Duration.ofSeconds(1), Duration.ofSeconds(20))).toBuilder()
            .setDeploymentId("d1")
            .build();
    var health = GroupSpec.of(allocation).health().orElseThrow();
    assertEquals("d1", health.of());
    assertEquals(Duration.ofSeconds(20), health.minHealthyTime());
  }

  @Test
  void whatComesToAnEndIsNotWatched() {
    var group = group(Duration.ofSeconds(1), Duration.ofSeconds(1));
    assertTrue(GroupSpec.of(allocation("batch", group)).health().isEmpty());
    assertTrue(GroupSpec.of(allocation("system", group)).health().isEmpty());
  }
}
