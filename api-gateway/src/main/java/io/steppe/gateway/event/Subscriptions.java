package io.steppe.gateway.event;

import io.steppe.gateway.GatewaySettings;
import io.steppe.gateway.service.Services;
import io.steppe.gateway.stream.Inflow;
import io.steppe.rpc.v1.EventLine;
import io.steppe.rpc.v1.EventsGrpc;
import io.steppe.rpc.v1.SubscribeRequest;
import io.steppe.rpc.v1.SubscribeUp;
import jakarta.enterprise.context.ApplicationScoped;

/** Streams of event-service. */
@ApplicationScoped
class Subscriptions {
  private final Services services;
  private final int credit;

  Subscriptions(Services services, GatewaySettings settings) {
    this.services = services;
    credit = (int) settings.gateway().streamCredit().asLongValue();
  }

  /** Opens one; what is taken from it is to be given back as credit. */
  Inflow<SubscribeUp, EventLine> open(SubscribeRequest request) {
    return Inflow.open(
        EventsGrpc.newStub(services.events())::subscribe,
        SubscribeUp.newBuilder().setRequest(request.toBuilder().setCredit(credit)).build(),
        bytes -> SubscribeUp.newBuilder().setCredit(bytes).build(),
        () -> {});
  }
}
