package io.steppe.event.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class EventSettingsTest {
  @Test
  void defaults() {
    EventSettings settings =
        new SmallRyeConfigBuilder()
            .withMapping(EventSettings.class)
            .withConverters(
                new org.eclipse.microprofile.config.spi.Converter<?>[] {
                  new MemorySizeConverter(), new DurationConverter()
                })
            .build()
            .getConfigMapping(EventSettings.class);
    assertEquals(100_000, settings.events().retention().events());
    assertEquals(Duration.ofHours(1), settings.events().retention().age());
    assertEquals(Duration.ofHours(24), settings.events().retention().requests());
    assertEquals(16 << 20, settings.events().stream().buffer().asLongValue());
    assertEquals(Duration.ofMinutes(1), settings.events().stream().stall());
    assertTrue(settings.events().retention().size().isEmpty());
    assertEquals(100, settings.events().sinks().most());
    assertTrue(settings.events().sinks().hosts().isEmpty());
    assertEquals(Duration.ofSeconds(30), settings.events().sinks().deadline());
    assertEquals(Duration.ofSeconds(1), settings.events().sinks().firstPause());
    assertEquals(Duration.ofMinutes(5), settings.events().sinks().longestPause());
    assertEquals(500, settings.events().sinks().batchLines());
    assertEquals(512 << 10, settings.events().sinks().batchBytes().asLongValue());
    assertEquals(Duration.ofSeconds(1), settings.events().sinks().interval());
    assertTrue(settings.seal().keys().isEmpty());
    assertEquals("global", settings.region());
    assertTrue(settings.database().durabilityChecked());
  }
}
