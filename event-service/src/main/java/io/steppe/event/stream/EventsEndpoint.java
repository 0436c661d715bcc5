package io.steppe.event.stream;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.steppe.rpc.v1.EventLine;
import io.steppe.rpc.v1.EventsGrpc;
import io.steppe.rpc.v1.SubscribeRequest;
import io.steppe.rpc.v1.SubscribeUp;

/** Streams of events. */
@GrpcService
public class EventsEndpoint extends EventsGrpc.EventsImplBase {
  private final EventHub hub;

  public EventsEndpoint(EventHub hub) {
    this.hub = hub;
  }

  @Override
  public StreamObserver<SubscribeUp> subscribe(StreamObserver<EventLine> lines) {
    return new Reader((ServerCallStreamObserver<EventLine>) lines);
  }

  /** One call: its messages come one at a time; lines are sent by the hub's thread. */
  private final class Reader implements StreamObserver<SubscribeUp>, Subscription.Sink {
    private final ServerCallStreamObserver<EventLine> lines;
    private Subscription subscription;

    Reader(ServerCallStreamObserver<EventLine> lines) {
      this.lines = lines;
      lines.setOnCancelHandler(this::gone);
    }

    @Override
    public void onNext(SubscribeUp up) {
      if (subscription == null) {
        if (!up.hasRequest()) {
          lines.onError(
              Status.INVALID_ARGUMENT
                  .withDescription("the first message is the request")
                  .asRuntimeException());
          return;
        }
        SubscribeRequest request = up.getRequest();
        subscription =
            new Subscription(
                EventFilter.of(request),
                request.getIndex(),
                Integer.toUnsignedLong(request.getCredit()),
                this);
        hub.subscribe(subscription);
      } else {
        hub.credit(subscription, Integer.toUnsignedLong(up.getCredit()));
      }
    }

    @Override
    public void onError(Throwable error) {
      gone();
    }

    /** A reader that sends no more credit may still take what it has credit for. */
    @Override
    public void onCompleted() {
      if (subscription == null) {
        lines.onCompleted();
      }
    }

    @Override
    public void line(EventLine line) {
      if (!lines.isCancelled()) {
        lines.onNext(line);
      }
    }

    @Override
    public void end(Status status) {
      if (!lines.isCancelled()) {
        lines.onError(status.asRuntimeException());
      }
    }

    private void gone() {
      if (subscription != null) {
        hub.cancel(subscription);
      }
    }
  }
}
