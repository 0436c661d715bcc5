package io.steppe.node.registration;

import io.steppe.proto.v1.DriverInfo;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodeDeviceResource;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * The class of nodes that a scheduler can't tell apart: nodes of one class pass or fail the same
 * constraints, unless these ask for something unique. Stable across processes and releases: FNV-1a
 * over the sorted fields, each with its length before it.
 */
public final class ComputedClass {
  private static final String UNIQUE = "unique.";
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private long hash = FNV_OFFSET;

  private ComputedClass() {}

  /** {@code v1:} and an unsigned 64-bit number in decimal. */
  public static String of(Node node) {
    return "v1:" + Long.toUnsignedString(new ComputedClass().fold(node));
  }

  private long fold(Node node) {
    text(node.getNodeClass());
    text(node.getDatacenter());
    text(node.getNodePool());
    shared(node.getAttributesMap());
    shared(node.getMetaMap());
    drivers(node.getDriversMap());
    devices(node);
    volumes(node);
    return hash;
  }

  private void drivers(Map<String, DriverInfo> drivers) {
    number(drivers.size());
    new TreeMap<>(drivers)
        .forEach(
            (name, driver) -> {
              text(name);
              number(driver.getDetected() ? 1 : 0);
              number(driver.getHealthy() ? 1 : 0);
              shared(driver.getAttributesMap());
            });
  }

  private void devices(Node node) {
    number(node.getNodeResources().getDevicesCount());
    for (NodeDeviceResource device : node.getNodeResources().getDevicesList()) {
      text(device.getVendor());
      text(device.getType());
      text(device.getName());
    }
  }

  private void volumes(Node node) {
    number(node.getHostVolumesCount());
    new TreeMap<>(node.getHostVolumesMap())
        .forEach(
            (name, volume) -> {
              text(name);
              number(volume.getReadOnly() ? 1 : 0);
            });
  }

  private void shared(Map<String, String> pairs) {
    var sorted = new TreeMap<>(pairs);
    sorted.keySet().removeIf(key -> key.startsWith(UNIQUE));
    number(sorted.size());
    sorted.forEach(
        (key, value) -> {
          text(key);
          text(value);
        });
  }

  private void text(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    number(bytes.length);
    for (byte b : bytes) {
      add(b);
    }
  }

  private void number(int value) {
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      add((byte) (value >>> shift));
    }
  }

  private void add(byte value) {
    hash = (hash ^ (value & 0xff)) * FNV_PRIME;
  }
}
