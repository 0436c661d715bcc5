package io.steppe.event.stream;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.steppe.rpc.Failure;
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
  private final class Reader implements StreamObserver<SubscribeUp>, Subscription.Subscriber {
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
        begin(up.getRequest());
      } else {
        hub.credit(subscription, Integer.toUnsignedLong(up.getCredit()));
      }
    }

    private void begin(SubscribeRequest request) {
      try {
        subscription = new Subscription(EventFilter.of(request), request, this);
        hub.subscribe(subscription);
      } catch (Failure invalid) {
        lines.onError(invalid.toStatus());
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
      if (lines.isCancelled()) {
        return;
      }
      if (status.isOk()) {
        lines.onCompleted();
      } else {
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
