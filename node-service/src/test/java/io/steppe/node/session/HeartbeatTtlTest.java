package io.steppe.node.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HeartbeatTtlTest {
  private static final HeartbeatTtl TTL =
      new HeartbeatTtl(Duration.ofSeconds(10), 50, Duration.ofSeconds(10), Duration.ofSeconds(30));

  @Test
  void isNeverShorterThanAsked() {
    Random random = new Random(1);
    IntStream.range(0, 1_000)
        .mapToObj(_ -> TTL.next(1, random))
        .forEach(
            ttl -> {
              assertTrue(ttl.compareTo(Duration.ofSeconds(10)) >= 0, ttl.toString());
              assertTrue(ttl.compareTo(Duration.ofSeconds(20)) < 0, ttl.toString());
            });
  }

  @Test
  void keepsAllAgentsTogetherUnderTheRate() {
    Random random = new Random(1);
    double perSecond =
        IntStream.range(0, 10_000).mapToDouble(_ -> 1e9 / TTL.next(10_000, random).toNanos()).sum();
    assertTrue(perSecond <= 50, perSecond + " heartbeats a second");
  }

  @Test
  void isSpread() {
    Random random = new Random(1);
    long different =
        IntStream.range(0, 100).mapToObj(_ -> TTL.next(1_000, random)).distinct().count();
    assertEquals(100, different);
  }

  @Test
  void afterAFailoverThereIsTimeToFindAnotherReplica() {
    assertEquals(Duration.ofSeconds(30), TTL.afterFailover(1, new Random(1)));
    assertTrue(TTL.afterFailover(10_000, new Random(1)).compareTo(Duration.ofSeconds(200)) >= 0);
  }
}
