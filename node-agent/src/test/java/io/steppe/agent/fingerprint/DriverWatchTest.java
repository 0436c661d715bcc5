package io.steppe.agent.fingerprint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.steppe.agent.driver.DriverFingerprint;
import io.steppe.proto.v1.DriverInfo;
import io.steppe.proto.v1.Node;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DriverWatchTest {
  private static final Instant FIRST = Instant.ofEpochSecond(1_000);
  private static final Instant LATER = Instant.ofEpochSecond(2_000);

  private final DriverFingerprint java17 =
      DriverFingerprint.healthy("java", Map.of("driver.java.version", "17"));

  @Test
  void theNodeShowsWhatADriverFound() {
    Node node =
        DriverWatch.with(
            Node.newBuilder().putAttributes("os.name", "debian").build(),
            Map.of("java", java17, "exec", DriverFingerprint.undetected("forbidden")),
            FIRST);

    assertEquals(
        Map.of("os.name", "debian", "driver.java", "1", "driver.java.version", "17"),
        node.getAttributesMap());
    assertEquals(
        DriverInfo.newBuilder()
            .putAttributes("driver.java", "true")
            .putAttributes("driver.java.version", "17")
            .setDetected(true)
            .setHealthy(true)
            .setHealthDescription("Healthy")
            .setUpdateTime(1_000_000_000_000L)
            .build(),
        node.getDriversOrThrow("java"));
    assertEquals(
        DriverInfo.newBuilder()
            .setHealthDescription("forbidden")
            .setUpdateTime(1_000_000_000_000L)
            .build(),
        node.getDriversOrThrow("exec"));
  }

  @Test
  void onlyAChangeHasATimeOfItsOwn() {
    Node node = DriverWatch.with(Node.getDefaultInstance(), Map.of("java", java17), FIRST);

    assertEquals(node, DriverWatch.with(node, Map.of("java", java17), LATER));

    Node gone = DriverWatch.with(node, Map.of("java", DriverFingerprint.undetected("gone")), LATER);
    assertNotEquals(node, gone);
    assertEquals(2_000_000_000_000L, gone.getDriversOrThrow("java").getUpdateTime());
    assertFalse(gone.containsAttributes("driver.java.version"));
  }
}
