package io.steppe.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.ledger.Replicas.Member;
import io.steppe.ledger.Replicas.Self;
import io.steppe.ledger.testing.TestDatabase;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PostgresReplicasTest {
  private static TestDatabase database;
  private static Vertx vertx;

  @BeforeAll
  static void start() {
    database = TestDatabase.start();
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() {
    vertx.close();
    database.close();
  }

  private static Self named(String id) {
    return new Self(id, "node-service", "localhost:1", "1", Instant.now());
  }

  private static PostgresReplicas open(Self self) {
    return PostgresReplicas.open(vertx, database.settings("node", "nodes"), self);
  }

  @Test
  void replicasSeeEachOtherComeAndGo() throws Exception {
    BlockingQueue<List<Member>> seen = new LinkedBlockingQueue<>();
    try (PostgresReplicas one = open(named("one"))) {
      one.follow(seen::add);
      await(seen, List.of("one"));
      assertTrue(one.self().alive());
      try (PostgresReplicas two = open(named("two"))) {
        await(seen, List.of("one", "two"));
        assertEquals(1, two.self().generation());
      }
      // At once where its leave arrives, else when its lease ends.
      await(seen, List.of("one"));
    }
  }

  @Test
  void aLeaseThatEndedIsAnotherGenerationWhenItIsRenewed() throws Exception {
    Self lapsing = named("lapsing");
    BlockingQueue<List<Member>> seen = new LinkedBlockingQueue<>();
    try (PostgresReplicas other = open(named("watching"))) {
      List<Member> members = other.renew(lapsing).await().atMost(Duration.ofSeconds(10));
      assertEquals(1, find(members, "lapsing").generation());
      database.execute(
          "update ledger.replicas set lease_until = now() - interval '1 second' where id = 'lapsing'");
      other.follow(seen::add);
      while (!ended(next(seen), "lapsing")) {
        // The first lists may be older than the end of the lease.
      }
      assertEquals(
          2,
          find(other.renew(lapsing).await().atMost(Duration.ofSeconds(10)), "lapsing")
              .generation());
    }
  }

  /** Reads lists until one has just these alive. */
  private static void await(BlockingQueue<List<Member>> seen, List<String> alive)
      throws InterruptedException {
    List<String> ids = ids(next(seen));
    while (!ids.equals(alive)) {
      ids = ids(next(seen));
    }
  }

  private static List<Member> next(BlockingQueue<List<Member>> seen) throws InterruptedException {
    List<Member> members = seen.poll(60, TimeUnit.SECONDS);
    assertNotNull(members, "the members did not change");
    return members;
  }

  private static boolean ended(List<Member> members, String id) {
    return members.stream().anyMatch(member -> member.id().equals(id) && !member.alive());
  }

  private static Member find(List<Member> members, String id) {
    return members.stream().filter(member -> member.id().equals(id)).findFirst().orElseThrow();
  }

  private static List<String> ids(List<Member> members) {
    return members.stream().filter(Member::alive).map(Member::id).toList();
  }
}
