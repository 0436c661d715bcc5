package io.steppe.alloc.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.steppe.alloc.evaluation.WorkerSettings;
import io.steppe.ledger.DatabaseAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.config.spi.Converter;
import org.junit.jupiter.api.Test;

/** Keys and defaults of the settings. */
class SettingsTest {
  private static AllocConfig read(Map<String, String> values) {
    Converter<Duration> durations =
        text -> text.startsWith("P") ? Duration.parse(text) : Duration.parse("PT" + text);
    return new SmallRyeConfigBuilder()
        .withMapping(AllocConfig.class)
        .withConverter(Duration.class, 200, durations)
        .withSources(new PropertiesConfigSource(values, "test", 100))
        .build()
        .getConfigMapping(AllocConfig.class);
  }

  @Test
  void defaults() {
    var config = read(Map.of("steppe.database.url", "postgresql://db:5432/steppe"));
    assertEquals("global", config.region());
    assertTrue(config.database().user().isEmpty() && config.database().password().isEmpty());
    assertTrue(config.database().durabilityChecked());
    assertTrue(config.replica().id().isEmpty() && config.replica().address().isEmpty());
    var worker = WorkerSettings.defaults();
    assertEquals(worker.threads(), config.alloc().workers());
    assertEquals(worker.serviceAttempts(), config.alloc().serviceAttempts());
    assertEquals(worker.batchAttempts(), config.alloc().batchAttempts());
    assertEquals(worker.attemptsDelay(), config.alloc().attemptsDelay());
    assertEquals(worker.errorDelay(), config.alloc().errorDelay());
    assertEquals(Duration.ofMinutes(5), config.alloc().gc().interval());
    assertEquals(Duration.ofHours(1), config.alloc().gc().evaluationAge());
    assertEquals(Duration.ofHours(24), config.alloc().gc().batchEvaluationAge());
    assertEquals(Duration.ofHours(4), config.alloc().gc().jobAge());
  }

  @Test
  void keys() {
    var config =
        read(
            Map.of(
                "steppe.database.url", "postgresql://db/steppe",
                "steppe.database.user", "u",
                "steppe.replica.id", "alloc-service-0",
                "steppe.replica.address", "10.0.0.1:4652",
                "steppe.alloc.workers", "3",
                "steppe.alloc.gc.job-age", "10m"));
    assertEquals("u", config.database().user().orElseThrow());
    assertEquals("alloc-service-0", config.replica().id().orElseThrow());
    assertEquals("10.0.0.1:4652", config.replica().address().orElseThrow());
    assertEquals(3, config.alloc().workers());
    assertEquals(Duration.ofMinutes(10), config.alloc().gc().jobAge());
  }

  @Test
  void theMigrationGetsTheSameDatabase() {
    assertEquals(
        Map.of(
            "quarkus.datasource.jdbc.url", "jdbc:postgresql://db:5433/steppe?sslmode=require",
            "quarkus.datasource.username", "steppe_alloc",
            "quarkus.datasource.password", "se:cret"),
        DatabaseConfig.properties(
            DatabaseAddress.of(
                "postgresql://db:5433/steppe?sslmode=require",
                Optional.empty(),
                Optional.of("se:cret"),
                DatabaseConfig.ROLE)));
  }
}
