package io.steppe.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.e2e.LocalCluster.Running;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Ten subscribers read while every service and PostgreSQL is killed, one after the other: each gets
 * every event once and in order, coming back with its index where its own connection broke.
 */
class ReadersTest {
  private static final Duration ANSWERED_AGAIN = Duration.ofSeconds(20);
  private static final Set<String> KEPT = Set.of("launcher", "node-agent");

  @Test
  void everyReaderGetsEveryEventOnceAndInOrderThroughRestarts() throws Exception {
    try (LocalCluster cluster = LocalCluster.start("--name", "readers")) {
      Api api = cluster.api();
      List<ResumingReader> readers =
          IntStream.range(0, 10).mapToObj(i -> new ResumingReader(api)).toList();
      long last;
      try (RecordedWrites writes = new RecordedWrites(api, "read-")) {
        for (Running victim : cluster.ps()) {
          if (!KEPT.contains(victim.name())) {
            int written = writes.acknowledged().size();
            victim.kill();
            Wait.untilTrue(
                cluster.within(ANSWERED_AGAIN),
                "writes after the death of " + victim.name(),
                () -> writes.acknowledged().size() > written + 5);
          }
        }
        last = writes.acknowledged().getLast().modifyIndex();
      }
      Events history = Events.until(api, "topic=*&namespace=*&index=1", last).requireOrder();
      assertTrue(history.lines().size() > 50, "there is something to read");
      for (ResumingReader reader : readers) {
        Wait.untilTrue(cluster.within(ANSWERED_AGAIN), "all is read", () -> reader.last() >= last);
        reader.close();
        assertEquals(history.lines(), reader.upTo(last), "each event once and in order");
      }
      assertTrue(readers.stream().allMatch(reader -> reader.comebacks() > 0), "the gateway died");
    }
  }
}
