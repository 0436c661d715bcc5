package io.steppe.gateway.acl;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.steppe.ledger.testing.TestDatabase;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/** Has the gateway ask for rights, which are in a PostgreSQL of their own. */
public final class AclDatabase implements QuarkusTestResourceLifecycleManager {
  static final String FIRST_SECRET = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";

  private TestDatabase database;

  @Override
  public Map<String, String> start() {
    database = TestDatabase.start();
    Map<String, String> settings = new HashMap<>();
    settings.put("steppe.acl.enabled", "true");
    settings.put("steppe.acl.collection-interval", "1s");
    settings.put("steppe.acl.expired-tokens-kept", "1s");
    settings.put("steppe.acl.token-min-expiration-ttl", "1s");
    settings.put("steppe.seal.keys", "k1:" + Base64.getEncoder().encodeToString(new byte[32]));
    settings.put("steppe.database.url", database.url());
    settings.put("steppe.database.password", TestDatabase.password());
    settings.put("steppe.database.durability-checked", "false");
    return settings;
  }

  @Override
  public void stop() {
    database.close();
  }
}
