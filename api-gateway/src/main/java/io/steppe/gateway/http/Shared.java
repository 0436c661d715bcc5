package io.steppe.gateway.http;

import io.steppe.clientapi.ClientSettings;
import io.steppe.gateway.GatewaySettings;
import io.steppe.http.EdgeSettings;
import io.steppe.http.route.RouteTable;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** What the parts that gateway and agents share keep to here. */
class Shared {
  @Produces
  @Singleton
  EdgeSettings edge(GatewaySettings settings) {
    return new EdgeSettings(
        settings.region(),
        settings.gateway().bodyLimit().asLongValue(),
        settings.gateway().bodiesLimit().asLongValue());
  }

  @Produces
  @Singleton
  RouteTable routes() {
    return GatewayRoutes.TABLE;
  }

  @Produces
  @Singleton
  ClientSettings client(GatewaySettings settings) {
    return new ClientSettings(
        true, settings.gateway().patience(), settings.gateway().frameHeartbeat());
  }
}
