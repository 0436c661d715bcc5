package io.steppe.alloc.service;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.steppe.ledger.Tables;
import io.steppe.ledger.testing.TestDatabase;
import java.util.Map;

/**
 * A database with the log and the tables of node-service, as the other services would have left it.
 */
public final class RegionResource implements QuarkusTestResourceLifecycleManager {
  private TestDatabase database;

  @Override
  public Map<String, String> start() {
    database = TestDatabase.start();
    database.migrateTables("node", Tables.NODES, Tables.NODE_POOLS);
    return Map.of(
        "steppe.database.url",
        database.url(),
        "steppe.database.password",
        TestDatabase.password(),
        "steppe.database.durability-checked",
        "false",
        "quarkus.http.test-port",
        "0");
  }

  @Override
  public void stop() {
    database.close();
  }
}
