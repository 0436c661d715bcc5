package io.steppe.node.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeSettingsTest {
  private static NodeSettings settings(Map<String, String> properties) {
    return new SmallRyeConfigBuilder()
        .withMapping(NodeSettings.class)
        .withConverter(
            Duration.class, 200, io.quarkus.runtime.configuration.DurationConverter::parseDuration)
        .withSources(new PropertiesConfigSource(properties, "test", 500))
        .build()
        .getConfigMapping(NodeSettings.class);
  }

  @Test
  void defaults() {
    NodeSettings settings = settings(Map.of());
    assertTrue(settings.replica().id().isEmpty());
    assertEquals("127.0.0.1:4651", settings.replica().address());
    assertEquals("postgresql://127.0.0.1:5432/steppe", settings.database().url());
    assertTrue(settings.database().user().isEmpty());
    assertTrue(settings.database().password().isEmpty());
    assertTrue(settings.database().durabilityChecked());
    assertEquals("127.0.0.1:4652", settings.allocService());
    assertEquals(Duration.ofSeconds(10), settings.heartbeat().minTtl());
    assertEquals(50, settings.heartbeat().maxPerSecond());
    assertEquals(Duration.ofSeconds(10), settings.heartbeat().grace());
    assertEquals(Duration.ofSeconds(30), settings.heartbeat().failover());
    assertEquals(Duration.ofSeconds(1), settings.heartbeat().tick());
    assertEquals(Duration.ofSeconds(10), settings.relay().answerWithin());
    assertEquals(Duration.ofSeconds(3), settings.evaluations().answerWithin());
    assertEquals(Duration.ofMinutes(5), settings.gc().interval());
    assertEquals(Duration.ofHours(24), settings.gc().nodeAge());
  }

  @Test
  void keys() {
    NodeSettings settings =
        settings(
            Map.ofEntries(
                Map.entry("steppe.replica.id", "node-service-7"),
                Map.entry("steppe.replica.address", "10.0.0.7:4651"),
                Map.entry("steppe.alloc-service", "10.0.0.8:4652,10.0.0.9:4652"),
                Map.entry("steppe.heartbeat.min-ttl", "3s"),
                Map.entry("steppe.heartbeat.max-per-second", "5"),
                Map.entry("steppe.heartbeat.grace", "1s"),
                Map.entry("steppe.heartbeat.failover", "7s"),
                Map.entry("steppe.heartbeat.tick", "2s"),
                Map.entry("steppe.relay.answer-within", "4s"),
                Map.entry("steppe.evaluations.answer-within", "5s"),
                Map.entry("steppe.gc.interval", "6s"),
                Map.entry("steppe.gc.node-age", "7s")));
    assertEquals("node-service-7", settings.replica().id().orElseThrow());
    assertEquals("10.0.0.7:4651", settings.replica().address());
    assertEquals("10.0.0.8:4652,10.0.0.9:4652", settings.allocService());
    assertEquals(Duration.ofSeconds(3), settings.heartbeat().minTtl());
    assertEquals(5, settings.heartbeat().maxPerSecond());
    assertEquals(Duration.ofSeconds(1), settings.heartbeat().grace());
    assertEquals(Duration.ofSeconds(7), settings.heartbeat().failover());
    assertEquals(Duration.ofSeconds(2), settings.heartbeat().tick());
    assertEquals(Duration.ofSeconds(4), settings.relay().answerWithin());
    assertEquals(Duration.ofSeconds(5), settings.evaluations().answerWithin());
    assertEquals(Duration.ofSeconds(6), settings.gc().interval());
    assertEquals(Duration.ofSeconds(7), settings.gc().nodeAge());
  }
}
