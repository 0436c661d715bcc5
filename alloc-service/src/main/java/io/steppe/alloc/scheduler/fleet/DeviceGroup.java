package io.steppe.alloc.scheduler.fleet;

import java.util.List;

/**
 * Devices of one kind on a node.
 *
 * @param instances ids of the healthy ones
 */
public record DeviceGroup(String vendor, String type, String name, List<String> instances) {

  /** Whether a job's device name (type, vendor/type or vendor/type/name) means these. */
  public boolean matches(String asked) {
    String[] parts = asked.split("/", 3);
    return switch (parts.length) {
      case 1 -> type.equals(parts[0]);
      case 2 -> vendor.equals(parts[0]) && type.equals(parts[1]);
      default -> vendor.equals(parts[0]) && type.equals(parts[1]) && name.equals(parts[2]);
    };
  }
}
