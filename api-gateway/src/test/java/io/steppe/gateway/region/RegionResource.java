package io.steppe.gateway.region;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/** Starts a region in memory beside the gateway under test. */
public final class RegionResource implements QuarkusTestResourceLifecycleManager {
  /** The region; there is one for all tests. */
  public static final Region REGION = new Region();

  @Override
  public Map<String, String> start() {
    REGION.start();
    return Map.of(
        "steppe.event-service", REGION.address(),
        "steppe.node-service", REGION.address(),
        "steppe.alloc-service", REGION.address(),
        "steppe.replica.id", "api-gateway-0",
        "steppe.gateway.patience", "10S",
        "steppe.gateway.attempt", "2S",
        "steppe.gateway.event-heartbeat", "0.3S",
        "steppe.gateway.event-stall", "1S",
        "steppe.gateway.frame-heartbeat", "0.2S",
        "steppe.gateway.renewal", "0.2S");
  }

  @Override
  public void stop() {
    REGION.stop();
  }
}
