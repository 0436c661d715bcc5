package io.steppe.gateway.event;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.steppe.gateway.stream.Inflow;
import io.steppe.rpc.v1.EventLine;
import io.steppe.rpc.v1.SubscribeRequest;
import io.steppe.rpc.v1.SubscribeUp;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class FeedsTest {
  private static final int LINE = 100 << 10;
  private static final Duration WAIT = Duration.ofSeconds(20);

  /** What event-service would send lines to, by namespace. */
  private final Map<String, StreamObserver<EventLine>> streams = new ConcurrentHashMap<>();

  private final Feeds feeds = new Feeds(this::open, 1 << 20, Duration.ofSeconds(10));

  private Inflow<SubscribeUp, EventLine> open(SubscribeRequest request) {
    return Inflow.open(
        lines -> streams.put(request.getNamespace(), lines),
        SubscribeUp.getDefaultInstance(),
        bytes -> SubscribeUp.getDefaultInstance(),
        () -> {});
  }

  private static EventQuery query(String namespace) {
    return new EventQuery(
        SubscribeRequest.newBuilder().setNamespace(namespace).build(), 1, EventStyle.LINES);
  }

  /** Sends lines of some size to a feed and waits until it has them. */
  private void send(String namespace, Feed feed, long first, long last) throws Exception {
    long deadline = System.nanoTime() + WAIT.toNanos();
    while (!streams.containsKey(namespace)) {
      assertTrue(System.nanoTime() < deadline, "no subscription");
      Thread.sleep(1);
    }
    for (long index = first; index <= last; index++) {
      streams
          .get(namespace)
          .onNext(
              EventLine.newBuilder()
                  .setIndex(index)
                  .setJson(ByteString.copyFrom(new byte[LINE]))
                  .build());
    }
    while (!(feed.tail().from(last) instanceof Tail.Found.Lines)) {
      assertTrue(System.nanoTime() < deadline, "the lines did not come");
      Thread.sleep(1);
    }
  }

  @Test
  void whatAFeedKeepsIsItsShareOfWhatAllMay() throws Exception {
    EventQuery one = query("one");
    EventQuery other = query("other");
    Feed alone = feeds.join(one, 1);
    send("one", alone, 1, 8);
    assertTrue(feeds.hold(one, 1));

    Feed second = feeds.join(other, 1);
    send("one", alone, 9, 9);
    assertFalse(feeds.hold(one, 4), "more than half of a mebibyte");
    assertTrue(feeds.hold(one, 7), "not much less than half of it");

    feeds.leave(other, second);
    send("one", alone, 10, 14);
    assertTrue(feeds.hold(one, 7), "all of it again");
    feeds.leave(one, alone);
    assertFalse(feeds.hold(one, 14));
  }

  @Test
  void whoReadsTheSameSharesOneFeed() {
    Feed first = feeds.join(query("one"), 1);
    assertSame(first, feeds.join(query("one"), 5));
    feeds.leave(query("one"), first);
    assertTrue(feeds.hold(query("one"), 5), "somebody reads it");
    feeds.leave(query("one"), first);
    assertFalse(feeds.hold(query("one"), 5));
  }
}
