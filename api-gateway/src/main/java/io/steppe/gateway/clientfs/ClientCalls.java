package io.steppe.gateway.clientfs;

import io.steppe.gateway.GatewaySettings;
import io.steppe.gateway.service.Services;
import io.steppe.gateway.stream.Inflow;
import io.steppe.gateway.stream.Inflow.Item;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.ClientUp;
import io.steppe.rpc.v1.ClientsGrpc;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Calls that an agent answers, passed on by node-service. */
@ApplicationScoped
class ClientCalls {
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final Services services;
  private final Duration patience;
  private final int credit;

  ClientCalls(Services services, GatewaySettings settings) {
    this.services = services;
    patience = settings.gateway().patience();
    credit = (int) settings.gateway().streamCredit().asLongValue();
  }

  /**
   * Asks, and waits for the beginning of the answer: again while node-service is not there.
   *
   * @param quiet how long an answer may be without a first frame before it is taken for a silent
   *     one
   * @throws Failure as the agent or node-service says
   */
  Answer ask(ClientRequest request, Duration quiet) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      Inflow<ClientUp, ClientFrame> frames =
          Inflow.open(
              ClientsGrpc.newStub(services.nodes())::open,
              ClientUp.newBuilder().setRequest(request.toBuilder().setCredit(credit)).build(),
              bytes -> ClientUp.newBuilder().setCredit(bytes).build(),
              () -> {});
      try {
        Item<ClientFrame> first = first(frames, quiet, end);
        if (!(first instanceof Item.Broken<ClientFrame>(Failure failure))) {
          return new Answer(frames, first);
        }
        frames.close();
        if (failure.kind() != Kind.UNAVAILABLE || System.nanoTime() + PAUSE.toNanos() > end) {
          throw failure;
        }
      } catch (InterruptedException e) {
        frames.close();
        throw e;
      }
      Thread.sleep(PAUSE);
    }
  }

  private Item<ClientFrame> first(Inflow<ClientUp, ClientFrame> frames, Duration quiet, long end)
      throws InterruptedException {
    while (true) {
      Item<ClientFrame> item = frames.next(quiet);
      if (item != null || frames.isReady()) {
        return item;
      }
      if (System.nanoTime() > end) {
        return new Item.Broken<>(
            Failure.unavailable(
                "node-service did not answer within " + patience.toSeconds() + " s"));
      }
    }
  }

  /**
   * An answer that has begun.
   *
   * @param first what came first; null when nothing has come yet
   */
  record Answer(Inflow<ClientUp, ClientFrame> frames, Item<ClientFrame> first)
      implements AutoCloseable {
    @Override
    public void close() {
      frames.close();
    }
  }
}
