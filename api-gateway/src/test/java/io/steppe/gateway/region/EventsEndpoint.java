package io.steppe.gateway.region;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.steppe.rpc.v1.EventLine;
import io.steppe.rpc.v1.EventsGrpc;
import io.steppe.rpc.v1.SubscribeUp;

final class EventsEndpoint extends EventsGrpc.EventsImplBase {
  private static final int MESSAGE = 100;

  private final Region region;

  EventsEndpoint(Region region) {
    this.region = region;
  }

  @Override
  public StreamObserver<SubscribeUp> subscribe(StreamObserver<EventLine> out) {
    Subscription subscription = new Subscription((ServerCallStreamObserver<EventLine>) out);
    ((ServerCallStreamObserver<EventLine>) out)
        .setOnCancelHandler(() -> region.subscribers.remove(subscription.push));
    return subscription;
  }

  private final class Subscription implements StreamObserver<SubscribeUp> {
    private final ServerCallStreamObserver<EventLine> out;
    private final Runnable push = this::push;
    private long from;
    private long credit;
    private int next;

    Subscription(ServerCallStreamObserver<EventLine> out) {
      this.out = out;
    }

    @Override
    public void onNext(SubscribeUp up) {
      if (up.hasRequest()) {
        from = up.getRequest().getIndex();
        credit = up.getRequest().getCredit();
        region.subscribers.add(push);
      } else {
        synchronized (this) {
          credit += up.getCredit();
        }
      }
      push();
    }

    @Override
    public void onError(Throwable error) {
      region.subscribers.remove(push);
    }

    @Override
    public void onCompleted() {
      region.subscribers.remove(push);
      out.onCompleted();
    }

    /** A line that is longer than a message goes on in the next. */
    private void pieces(EventLine line) {
      ByteString rest = line.getJson();
      while (rest.size() > MESSAGE) {
        out.onNext(line.toBuilder().setJson(rest.substring(0, MESSAGE)).setMore(true).build());
        rest = rest.substring(MESSAGE);
      }
      out.onNext(line.toBuilder().setJson(rest).build());
    }

    private synchronized void push() {
      while (next < region.events.size() && credit > 0 && !out.isCancelled()) {
        EventLine line = region.events.get(next++);
        if (line.getIndex() >= from) {
          credit -= line.getJson().size();
          pieces(line);
        }
      }
    }
  }
}
