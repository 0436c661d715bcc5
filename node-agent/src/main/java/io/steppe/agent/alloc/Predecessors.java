package io.steppe.agent.alloc;

import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.TaskGroup;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Allocations of this node that others come in place of. */
interface Predecessors {
  /** The one that must be over before an allocation begins, if there is one and it is known. */
  Optional<Awaited> before(Allocation allocation);

  /**
   * @param finished completes when all its tasks are over
   */
  record Awaited(Allocation allocation, CompletableFuture<Void> finished) {}

  /** Whether an allocation can't live beside the one it replaces. */
  static boolean collides(Allocation allocation) {
    TaskGroup group = GroupSpec.group(allocation);
    return keepsData(allocation)
        || group.getNetworksList().stream().anyMatch(one -> one.getReservedPortsCount() > 0)
        || group.getTasksList().stream()
            .flatMap(task -> task.getResources().getNetworksList().stream())
            .anyMatch(one -> one.getReservedPortsCount() > 0);
  }

  /** Whether the data of the one before moves on to an allocation. */
  static boolean keepsData(Allocation allocation) {
    var disk = GroupSpec.group(allocation).getEphemeralDisk();
    return disk.getSticky() || disk.getMigrate();
  }
}
