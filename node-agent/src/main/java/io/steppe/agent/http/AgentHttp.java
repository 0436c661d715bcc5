package io.steppe.agent.http;

import io.quarkus.arc.DefaultBean;
import io.steppe.acl.Authenticator;
import io.steppe.agent.boot.AgentProcess;
import io.steppe.agent.boot.AgentSettings;
import io.steppe.agent.token.ResolvedTokens;
import io.steppe.clientapi.ClientCalls;
import io.steppe.clientapi.ClientSettings;
import io.steppe.clientapi.Whereabouts;
import io.steppe.http.EdgeSettings;
import io.steppe.http.OtherRegions;
import io.steppe.http.route.RouteTable;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.List;

/** What the parts that agents share with the gateway stand on here. */
class AgentHttp {
  @Produces
  @Singleton
  EdgeSettings edge(AgentSettings settings) {
    AgentSettings.Http http = settings.agent().http();
    return new EdgeSettings(
        settings.region(), http.bodyLimit().asLongValue(), http.bodiesLimit().asLongValue());
  }

  @Produces
  @Singleton
  RouteTable routes() {
    return AgentRoute.TABLE;
  }

  @Produces
  @Singleton
  @DefaultBean
  Authenticator authenticator(AgentProcess process, AgentSettings settings) {
    return settings.acl().enabled()
        ? new ResolvedTokens(secret -> process.agent().resolve(secret), InstantSource.system())
        : Authenticator.unchecked();
  }

  @Produces
  @Singleton
  ClientSettings client(AgentSettings settings) {
    AgentSettings.Http http = settings.agent().http();
    return new ClientSettings(http.enabled(), http.patience(), http.frameHeartbeat());
  }

  @Produces
  @Singleton
  ClientCalls calls(AgentProcess process, AgentSettings settings) {
    int credit = (int) settings.agent().http().streamCredit().asLongValue();
    return new LocalCalls(() -> process.agent().answers(), credit);
  }

  /** Nobody asks an agent for other regions. */
  @Produces
  @Singleton
  OtherRegions regions() {
    return region -> List.of();
  }

  @Produces
  @Singleton
  Whereabouts whereabouts(AgentProcess process) {
    return new OwnNode(process::agent);
  }
}
