package io.steppe.alloc.scheduler.ranking;

import io.steppe.alloc.scheduler.feasibility.GroupNeeds;
import io.steppe.alloc.scheduler.fleet.DeviceGroup;
import io.steppe.alloc.scheduler.fleet.NodeRoom;
import io.steppe.proto.v1.AllocatedDeviceResource;
import io.steppe.proto.v1.Constraint;
import io.steppe.proto.v1.RequestedDevice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Whole cores and devices of a node for tasks that want them for themselves. */
final class Exclusive {
  private Exclusive() {}

  /** The lowest free cores for each task that wants some; empty when there are not enough. */
  static Optional<Map<String, List<Integer>>> cores(NodeRoom room, GroupNeeds needs) {
    Map<String, List<Integer>> given = new HashMap<>();
    if (needs.cores().isEmpty()) {
      return Optional.of(given);
    }
    Set<Integer> taken = room.usedCores();
    List<Integer> free = new ArrayList<>(room.node().cores());
    free.removeAll(taken);
    int next = 0;
    for (var wanted : needs.cores().entrySet()) {
      if (next + wanted.getValue() > free.size()) {
        return Optional.empty();
      }
      given.put(wanted.getKey(), List.copyOf(free.subList(next, next + wanted.getValue())));
      next += wanted.getValue();
    }
    return Optional.of(given);
  }

  /** Device instances for each task that wants some; empty when no kind of device has enough. */
  static Optional<Map<String, List<AllocatedDeviceResource>>> devices(
      NodeRoom room, GroupNeeds needs) {
    Map<String, List<AllocatedDeviceResource>> given = new HashMap<>();
    if (needs.devices().isEmpty()) {
      return Optional.of(given);
    }
    Set<String> taken = new HashSet<>(room.usedDevices());
    for (var wanted : needs.devices().entrySet()) {
      List<AllocatedDeviceResource> ofTask = new ArrayList<>();
      for (RequestedDevice device : wanted.getValue()) {
        Optional<AllocatedDeviceResource> found = device(room, device, taken);
        if (found.isEmpty()) {
          return Optional.empty();
        }
        taken.addAll(found.get().getDeviceIdsList());
        ofTask.add(found.get());
      }
      given.put(wanted.getKey(), ofTask);
    }
    return Optional.of(given);
  }

  private static Optional<AllocatedDeviceResource> device(
      NodeRoom room, RequestedDevice wanted, Set<String> taken) {
    int count = (int) Math.max(1, wanted.getCount());
    for (DeviceGroup group : room.node().devices()) {
      if (!group.matches(wanted.getName())
          || !wanted.getConstraintsList().stream().allMatch(c -> holds(c, group))) {
        continue;
      }
      List<String> free =
          group.instances().stream().filter(id -> !taken.contains(id)).limit(count).toList();
      if (free.size() == count) {
        return Optional.of(
            AllocatedDeviceResource.newBuilder()
                .setVendor(group.vendor())
                .setType(group.type())
                .setName(group.name())
                .addAllDeviceIds(free)
                .build());
      }
    }
    return Optional.empty();
  }

  // Nodes report no more of a device than this; a constraint on anything else holds for none.
  private static boolean holds(Constraint constraint, DeviceGroup group) {
    String value =
        switch (constraint.getLTarget()) {
          case "${device.vendor}" -> group.vendor();
          case "${device.type}" -> group.type();
          case "${device.model}" -> group.name();
          default -> null;
        };
    return switch (constraint.getOperand()) {
      case "", "=", "==", "is" -> constraint.getRTarget().equals(value);
      case "!=", "not" -> !constraint.getRTarget().equals(value);
      case "is_set" -> value != null;
      case "is_not_set" -> value == null;
      default -> false;
    };
  }
}
