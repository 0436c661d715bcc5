package io.steppe.event.stream;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.steppe.rpc.v1.EventLine;
import io.steppe.rpc.v1.EventPiece;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A subscriber's lines, put together from their pieces. */
final class Collected implements Subscription.Subscriber {
  record Line(long index, String json) {}

  private final List<Line> lines = new ArrayList<>();
  private final List<Integer> pieces = new ArrayList<>();
  private ByteString partial = ByteString.EMPTY;
  private Optional<Status> end = Optional.empty();
  private Optional<EventPiece> piece = Optional.empty();

  @Override
  public synchronized void line(EventLine line) {
    if (line.hasPiece()) {
      piece = Optional.of(line.getPiece());
      return;
    }
    pieces.add(line.getJson().size());
    partial = partial.concat(line.getJson());
    if (!line.getMore()) {
      lines.add(new Line(line.getIndex(), partial.toStringUtf8()));
      partial = ByteString.EMPTY;
    }
    notifyAll();
  }

  @Override
  public synchronized void end(Status status) {
    end = Optional.of(status);
    notifyAll();
  }

  /** What a request with an end is given. */
  synchronized EventPiece piece() {
    return piece.orElseThrow();
  }

  synchronized List<Line> lines() {
    return List.copyOf(lines);
  }

  synchronized List<Long> indexes() {
    return lines.stream().map(Line::index).toList();
  }

  synchronized List<Integer> pieces() {
    return List.copyOf(pieces);
  }

  synchronized long lastIndex() {
    return lines.isEmpty() ? 0 : lines.getLast().index();
  }

  /** Waits until the line of an index is there. */
  synchronized void await(long index) throws InterruptedException {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (lastIndex() < index && end.isEmpty()) {
      waitUntil(deadline, "index " + index + ", is at " + lastIndex());
    }
  }

  synchronized Status awaitEnd() throws InterruptedException {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (end.isEmpty()) {
      waitUntil(deadline, "the end");
    }
    return end.get();
  }

  private void waitUntil(long deadline, String what) throws InterruptedException {
    long left = (deadline - System.nanoTime()) / 1_000_000;
    if (left <= 0) {
      throw new AssertionError("did not see " + what);
    }
    wait(left);
  }
}
