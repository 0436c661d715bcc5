package io.steppe.gateway.region;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.steppe.rpc.v1.EventLine;
import io.steppe.rpc.v1.EventPiece;
import io.steppe.rpc.v1.EventsGrpc;
import io.steppe.rpc.v1.SubscribeUp;

final class EventsEndpoint extends EventsGrpc.EventsImplBase {
  private static final int SHORTEST_PIECE = 100;
  private static final int PIECES = 5;

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
    private long to = Long.MAX_VALUE;
    private long credit;
    private int next;
    private boolean tellReached;

    Subscription(ServerCallStreamObserver<EventLine> out) {
      this.out = out;
    }

    @Override
    public void onNext(SubscribeUp up) {
      if (up.hasRequest()) {
        region.subscriptions.add(up.getRequest());
        from = up.getRequest().getIndex();
        credit = up.getRequest().getCredit();
        tellReached = up.getRequest().getTellReached();
        if (up.getRequest().getToIndex() > 0) {
          piece(up.getRequest().getToIndex());
        }
        region.subscribers.add(push);
      } else {
        synchronized (region) {
          credit += up.getCredit();
        }
      }
      push();
    }

    private void piece(long asked) {
      to = Math.min(asked, region.index());
      from = Math.max(from, region.oldest);
      EventPiece piece =
          EventPiece.newBuilder().setOldest(region.oldest).setFrom(from).setTo(to).build();
      out.onNext(EventLine.newBuilder().setPiece(piece).build());
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
      int piece = Math.max(SHORTEST_PIECE, rest.size() / PIECES);
      while (rest.size() > piece) {
        out.onNext(line.toBuilder().setJson(rest.substring(0, piece)).setMore(true).build());
        rest = rest.substring(piece);
      }
      out.onNext(line.toBuilder().setJson(rest).build());
    }

    /** Under the region's lock, which an emitted event holds already. */
    private void push() {
      synchronized (region) {
        pushAll();
      }
    }

    private void pushAll() {
      while (next < region.events.size() && credit > 0 && !out.isCancelled()) {
        EventLine line = region.events.get(next++);
        if (line.getIndex() >= from && line.getIndex() <= to) {
          credit -= line.getJson().size();
          pieces(line);
        }
      }
      if (next == region.events.size() && to < Long.MAX_VALUE) {
        region.subscribers.remove(push);
        to = Long.MAX_VALUE;
        from = Long.MAX_VALUE;
        out.onCompleted();
      } else if (next == region.events.size() && tellReached) {
        tellReached = false;
        out.onNext(EventLine.newBuilder().setIndex(region.index()).build());
      }
    }
  }
}
