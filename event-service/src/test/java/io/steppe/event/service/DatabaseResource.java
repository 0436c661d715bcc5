package io.steppe.event.service;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.steppe.ledger.testing.TestDatabase;
import java.util.HashMap;
import java.util.Map;

/** A PostgreSQL for the service under test; alloc's schema is there to write with. */
public final class DatabaseResource implements QuarkusTestResourceLifecycleManager {
  private TestDatabase database;

  @Override
  public Map<String, String> start() {
    database = TestDatabase.start();
    database.migrateTables("alloc", "jobs");
    Map<String, String> settings = new HashMap<>();
    settings.put("steppe.database.url", database.url());
    settings.put("steppe.database.password", TestDatabase.password());
    settings.put("steppe.database.durability-checked", "false");
    settings.put("steppe.replica.id", "event-service-0");
    // Tests of sinks deliver with replicas of their own.
    settings.put("steppe.events.sinks.interval", "1h");
    return settings;
  }

  @Override
  public void stop() {
    database.close();
  }
}
