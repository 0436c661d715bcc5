package io.steppe.agent.driver;

import java.util.Map;
import java.util.TreeMap;

/**
 * What a driver finds when it looks at the machine.
 *
 * @param detected whether the machine has what it needs
 * @param healthy whether tasks can be started now
 * @param description why it is not healthy, or {@code Healthy}
 * @param attributes as the node shows them, {@code driver.NAME} first; empty when undetected
 */
public record DriverFingerprint(
    boolean detected, boolean healthy, String description, Map<String, String> attributes) {
  public DriverFingerprint {
    attributes = Map.copyOf(attributes);
  }

  /** A driver that can run tasks; {@code driver.NAME} is added to the attributes. */
  public static DriverFingerprint healthy(String driver, Map<String, String> attributes) {
    Map<String, String> all = new TreeMap<>(attributes);
    all.put("driver." + driver, "true");
    return new DriverFingerprint(true, true, "Healthy", all);
  }

  /** The machine lacks or forbids what the driver needs. */
  public static DriverFingerprint undetected(String reason) {
    return new DriverFingerprint(false, false, reason, Map.of());
  }
}
