package io.steppe.event.sink;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.steppe.event.stream.EventFilter;
import io.steppe.event.stream.EventHub;
import io.steppe.event.stream.Subscription;
import io.steppe.rpc.v1.EventFormat;
import io.steppe.rpc.v1.EventLine;
import io.steppe.rpc.v1.SubscribeRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What a sink reads, in batches; how much is here is bounded by the credit it gives. */
final class Lines implements Subscription.Subscriber, AutoCloseable {
  /** Bytes that may be here. */
  private static final int CREDIT = 1 << 20;

  private sealed interface Item {
    record Read(Batch.Line line) implements Item {}

    record Ended(Status status) implements Item {}
  }

  private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();
  private final AtomicLong reached = new AtomicLong();
  private final AtomicLong missing = new AtomicLong();
  private final EventFormat format;
  private final EventHub hub;
  private final Subscription subscription;
  private ByteString partial = ByteString.EMPTY;
  private Optional<Status> ended = Optional.empty();

  /** Reads from an index on. */
  Lines(EventHub hub, SubscribeRequest wanted, long from) {
    SubscribeRequest request = wanted.toBuilder().setIndex(from).setCredit(CREDIT).build();
    this.hub = hub;
    this.format = request.getFormat();
    this.subscription = new Subscription(EventFilter.of(request), request, this);
    hub.subscribe(subscription);
  }

  /** The next lines, at most so many and about so many bytes; nothing when none came in time. */
  Optional<Batch> next(int lines, int bytes, Duration longest) throws InterruptedException {
    List<Batch.Line> taken = new ArrayList<>();
    int size = 0;
    Item item = ended.isPresent() ? null : items.poll(longest.toNanos(), TimeUnit.NANOSECONDS);
    while (item != null) {
      switch (item) {
        case Item.Ended(Status status) -> ended = Optional.of(status);
        case Item.Read(Batch.Line line) -> {
          taken.add(line);
          size += line.json().size();
        }
      }
      boolean full = taken.size() >= lines || size >= bytes;
      item = ended.isPresent() || full ? null : items.poll();
    }
    return taken.isEmpty() ? Optional.empty() : Optional.of(new Batch(format, taken));
  }

  /** Lets more lines come. */
  void taken(Batch batch) {
    hub.credit(subscription, batch.lines().stream().mapToLong(line -> line.json().size()).sum());
  }

  /** Why there will be no more, once all there were have been taken. */
  Optional<Status> ended() {
    return ended;
  }

  /** The index up to which all is here or was taken; 0 when not known. */
  long reached() {
    // In this order: a line that comes between the two is not passed over.
    long to = reached.get();
    return items.isEmpty() ? to : 0;
  }

  /** Indexes that were asked for and are gone, since last asked. */
  long takeMissing() {
    return missing.getAndSet(0);
  }

  @Override
  public void close() {
    hub.cancel(subscription);
  }

  @Override
  public void line(EventLine line) {
    partial = partial.concat(line.getJson());
    if (!line.getMore()) {
      items.add(new Item.Read(new Batch.Line(line.getIndex(), partial)));
      partial = ByteString.EMPTY;
    }
  }

  @Override
  public void end(Status status) {
    items.add(new Item.Ended(status));
  }

  @Override
  public void reached(long index) {
    reached.set(index);
  }

  @Override
  public void missing(long asked, long oldest) {
    missing.addAndGet(oldest - asked);
  }
}
