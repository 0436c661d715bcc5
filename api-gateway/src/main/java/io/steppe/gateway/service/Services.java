package io.steppe.gateway.service;

import io.grpc.ManagedChannel;
import io.steppe.gateway.GatewaySettings;
import io.steppe.rpc.Channels;
import io.steppe.tls.Tls;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;

/** Channels to the services behind the gateway. They connect when first used. */
@ApplicationScoped
public class Services {
  private final ManagedChannel events;
  private final ManagedChannel nodes;
  private final ManagedChannel allocs;

  Services(GatewaySettings settings, Tls tls) {
    events = Channels.open(settings.eventService(), tls);
    nodes = Channels.open(settings.nodeService(), tls);
    allocs = Channels.open(settings.allocService(), tls);
  }

  /** To event-service. */
  public ManagedChannel events() {
    return events;
  }

  /** To node-service. */
  public ManagedChannel nodes() {
    return nodes;
  }

  /** To alloc-service. */
  public ManagedChannel allocs() {
    return allocs;
  }

  @PreDestroy
  void close() {
    Channels.close(events);
    Channels.close(nodes);
    Channels.close(allocs);
  }
}
