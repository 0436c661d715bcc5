package io.steppe.http.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.spi.Converter;
import org.junit.jupiter.api.Test;

class AuditSettingsTest {
  private static AuditSettings settings(Map<String, String> set) {
    return new SmallRyeConfigBuilder()
        .withMapping(AuditSettings.class)
        .withConverters(new Converter<?>[] {new MemorySizeConverter(), new DurationConverter()})
        .withSources(new PropertiesConfigSource(set, "test", 500))
        .build()
        .getConfigMapping(AuditSettings.class);
  }

  @Test
  void itIsOffUnlessSetAndThenHoldsToEveryEntry() {
    AuditSettings settings = settings(Map.of());
    assertFalse(settings.enabled());
    assertTrue(settings.path().isEmpty());
    assertEquals("0600", settings.mode());
    assertEquals(100 << 20, settings.rotateBytes().asLongValue());
    assertEquals(Duration.ofDays(1), settings.rotateDuration());
    assertEquals(0, settings.rotateMaxFiles());
    assertEquals(AuditSettings.Guarantee.ENFORCED, settings.deliveryGuarantee());
    assertEquals(10_000, settings.queue());
    assertTrue(settings.filters().isEmpty());
  }

  @Test
  void filtersHaveNames() {
    AuditSettings settings =
        settings(
            Map.of(
                "steppe.audit.delivery-guarantee", "best-effort",
                "steppe.audit.filters.reads.operations", "GET,HEAD",
                "steppe.audit.filters.reads.endpoints", "/v1/*"));
    assertEquals(AuditSettings.Guarantee.BEST_EFFORT, settings.deliveryGuarantee());
    AuditSettings.Filter reads = settings.filters().get("reads");
    assertEquals(List.of("GET", "HEAD"), reads.operations());
    assertEquals(List.of("/v1/*"), reads.endpoints());
    assertEquals(List.of("*"), reads.stages());
    Leaving leaving = Leaving.of(settings.filters().values());
    assertFalse(leaving.keeps(Stage.COMPLETE, "GET", "/v1/jobs"));
    assertTrue(leaving.keeps(Stage.COMPLETE, "PUT", "/v1/jobs"));
    assertTrue(leaving.keeps(Stage.COMPLETE, "GET", "/ui/"));
  }
}
