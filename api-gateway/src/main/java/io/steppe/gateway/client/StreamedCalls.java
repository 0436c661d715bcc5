package io.steppe.gateway.client;

import io.grpc.stub.StreamObserver;
import io.steppe.clientapi.Answer;
import io.steppe.clientapi.ClientCalls;
import io.steppe.gateway.stream.Inflow;
import io.steppe.http.stream.Item;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.ClientUp;
import io.steppe.rpc.v1.ExecInput;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Calls answered frame by frame over a connection to one service. */
public final class StreamedCalls implements ClientCalls {
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final Consumer<StreamObserver<ClientFrame>> method;
  private final Duration patience;
  private final int credit;
  private final String service;

  /**
   * @param method the call
   * @param patience how long the service may be away
   * @param credit bytes that may be on their way to a reader
   * @param service as a failure names it
   */
  public StreamedCalls(
      Consumer<StreamObserver<ClientFrame>> method, Duration patience, int credit, String service) {
    this.method = method;
    this.patience = patience;
    this.credit = credit;
    this.service = service;
  }

  /** Asks: again while the service is not there. */
  @Override
  public Answer ask(ClientRequest request, Duration quiet) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      Inflow<ClientUp, ClientFrame> frames =
          Inflow.open(
              method,
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
            Failure.unavailable(service + " did not answer within " + patience.toSeconds() + " s"));
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
