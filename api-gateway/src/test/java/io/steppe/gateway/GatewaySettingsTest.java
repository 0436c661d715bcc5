package io.steppe.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The gateway's settings: their keys and what they are when nobody sets them. */
class GatewaySettingsTest {
  @Test
  void defaultsFitOneMachine() {
    GatewaySettings settings = settings(Map.of());
    assertEquals("global", settings.region());
    assertEquals("dc1", settings.datacenter());
    assertEquals("127.0.0.1:4650", settings.eventService());
    assertEquals("127.0.0.1:4651", settings.nodeService());
    assertEquals("127.0.0.1:4652", settings.allocService());
    assertEquals(64 << 20, settings.gateway().cacheSize().asLongValue());
    assertEquals(10 << 20, settings.gateway().bodyLimit().asLongValue());
    assertEquals(128 << 20, settings.gateway().bodiesLimit().asLongValue());
    assertEquals(256 << 10, settings.gateway().streamCredit().asLongValue());
    assertEquals(Duration.ofSeconds(15), settings.gateway().patience());
    assertEquals(Duration.ofSeconds(6), settings.gateway().attempt());
    assertEquals(50_000, settings.gateway().maxWaiting());
    assertEquals(Duration.ofSeconds(10), settings.gateway().eventHeartbeat());
    assertEquals(32 << 20, settings.gateway().eventTail().asLongValue());
    assertEquals(Duration.ofMinutes(1), settings.gateway().eventStall());
    assertEquals(Duration.ofSeconds(1), settings.gateway().frameHeartbeat());
    assertEquals(Duration.ofSeconds(3), settings.gateway().renewal());
  }

  @Test
  void keysAreAsDocumented() {
    GatewaySettings settings =
        settings(
            Map.of(
                "steppe.region", "north",
                "steppe.replica.id", "api-gateway-7",
                "steppe.replica.address", "10.0.0.1:4646",
                "steppe.node-service", "a:1,b:2",
                "steppe.gateway.cache-size", "1M",
                "steppe.gateway.patience", "3S"));
    assertEquals("north", settings.region());
    assertEquals("api-gateway-7", settings.replica().id().orElseThrow());
    assertEquals("10.0.0.1:4646", settings.replica().address().orElseThrow());
    assertEquals("a:1,b:2", settings.nodeService());
    assertEquals(1 << 20, settings.gateway().cacheSize().asLongValue());
    assertEquals(Duration.ofSeconds(3), settings.gateway().patience());
  }

  private static GatewaySettings settings(Map<String, String> values) {
    return new SmallRyeConfigBuilder()
        .withConverter(MemorySize.class, 200, new MemorySizeConverter())
        .withConverter(Duration.class, 200, new DurationConverter())
        .withSources(new PropertiesConfigSource(values, "test", 100))
        .withMapping(GatewaySettings.class)
        .build()
        .getConfigMapping(GatewaySettings.class);
  }
}
