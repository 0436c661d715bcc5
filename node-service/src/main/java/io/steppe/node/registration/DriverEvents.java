package io.steppe.node.registration;

import io.steppe.node.registration.NodeEvents.Subsystem;
import io.steppe.proto.v1.DriverInfo;
import io.steppe.proto.v1.Node;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/** What a node tells of drivers whose health changed. */
final class DriverEvents {
  private DriverEvents() {}

  /**
   * Adds an event for each driver that is known from before and became healthy or ceased to be, in
   * order of names.
   */
  static Node.Builder add(Node before, Node.Builder after, long index, Instant now) {
    new TreeMap<>(after.getDriversMap())
        .forEach(
            (name, driver) -> {
              DriverInfo known = before.getDriversOrDefault(name, driver);
              if (known.getHealthy() != driver.getHealthy()) {
                NodeEvents.add(
                    after,
                    Subsystem.DRIVER,
                    message(driver),
                    Map.of(NodeEvents.DRIVER, name),
                    index,
                    now);
              }
            });
    return after;
  }

  private static String message(DriverInfo driver) {
    if (!driver.getHealthDescription().isEmpty()) {
      return driver.getHealthDescription();
    }
    return driver.getHealthy() ? "Healthy" : "Unhealthy";
  }
}
