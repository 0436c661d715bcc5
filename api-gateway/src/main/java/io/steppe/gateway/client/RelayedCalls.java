package io.steppe.gateway.client;

import io.steppe.clientapi.Answer;
import io.steppe.clientapi.ClientCalls;
import io.steppe.gateway.GatewaySettings;
import io.steppe.gateway.service.Services;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.ClientsGrpc;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Calls that an agent answers, passed on by node-service. */
@ApplicationScoped
class RelayedCalls implements ClientCalls {
  private final ClientCalls calls;

  RelayedCalls(Services services, GatewaySettings settings) {
    calls =
        new StreamedCalls(
            ClientsGrpc.newStub(services.nodes())::open,
            settings.gateway().patience(),
            (int) settings.gateway().streamCredit().asLongValue(),
            "node-service");
  }

  @Override
  public Answer ask(ClientRequest request, Duration quiet) throws InterruptedException {
    return calls.ask(request, quiet);
  }
}
