package io.steppe.gateway.client;

import io.steppe.clientapi.Answer;
import io.steppe.clientapi.ClientCalls;
import io.steppe.gateway.GatewaySettings;
import io.steppe.gateway.service.Services;
import io.steppe.gateway.stream.Inflow;
import io.steppe.http.stream.Item;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.ClientUp;
import io.steppe.rpc.v1.ClientsGrpc;
import io.steppe.rpc.v1.ExecInput;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;

/** Calls that an agent answers, passed on by node-service. */
@ApplicationScoped
class RelayedCalls implements ClientCalls {
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final Services services;
  private final Duration patience;
  private final int credit;

  RelayedCalls(Services services, GatewaySettings settings) {
    this.services = services;
    patience = settings.gateway().patience();
    credit = (int) settings.gateway().streamCredit().asLongValue();
  }

  /** Asks: again while node-service is not there. */
  @Override
  public Answer ask(ClientRequest request, Duration quiet) throws InterruptedException {
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
          return new Begun(frames, Optional.ofNullable(first));
        }
        boolean again = failure.kind() == Kind.UNAVAILABLE && isRepeatable(request, frames);
        frames.close();
        if (!again || System.nanoTime() + PAUSE.toNanos() > end) {
          throw failure;
        }
      } catch (InterruptedException e) {
        frames.close();
        throw e;
      }
      Thread.sleep(PAUSE);
    }
  }

  /** Whether nothing happens twice when it is asked again. */
  private static boolean isRepeatable(ClientRequest request, Inflow<?, ?> frames) {
    return switch (request.getCallCase()) {
      case RESTART, SIGNAL, EXEC -> !frames.isReady();
      default -> true;
    };
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

  private static final class Begun implements Answer {
    private final Inflow<ClientUp, ClientFrame> frames;
    private Optional<Item<ClientFrame>> first;

    Begun(Inflow<ClientUp, ClientFrame> frames, Optional<Item<ClientFrame>> first) {
      this.frames = frames;
      this.first = first;
    }

    @Override
    public Item<ClientFrame> next(Duration longest) throws InterruptedException {
      if (first.isPresent()) {
        Item<ClientFrame> item = first.get();
        first = Optional.empty();
        return item;
      }
      return frames.next(longest);
    }

    @Override
    public void taken(int bytes) {
      frames.taken(bytes);
    }

    @Override
    public void input(ExecInput input) {
      frames.send(ClientUp.newBuilder().setInput(input).build());
    }

    @Override
    public void close() {
      frames.close();
    }
  }
}
