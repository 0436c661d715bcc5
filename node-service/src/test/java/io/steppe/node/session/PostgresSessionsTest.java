package io.steppe.node.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.ledger.FixedReplicas;
import io.steppe.ledger.LedgerSettings;
import io.steppe.ledger.PostgresLedger;
import io.steppe.ledger.Replicas.Member;
import io.steppe.ledger.testing.TestDatabase;
import io.steppe.node.registration.TestNodes;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodeEvent;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two replicas over PostgreSQL: who is responsible for a node, and who may take it down. */
class PostgresSessionsTest {
  private static final String SECRET = "secret";

  private static TestDatabase database;
  private static Vertx vertx;

  private final TestClock clock = new TestClock();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final Node node = TestNodes.any();
  private TestAllocService allocService;
  private One zero;
  private One one;

  /** A replica with a ledger, rows and an idea of its own of who lives. */
  private record One(
      Member self,
      FixedReplicas replicas,
      PostgresLedger<NodeView> ledger,
      SessionRows rows,
      TestReplica service) {
    String status(Node node) {
      return ledger
          .latest()
          .await()
          .atMost(Duration.ofSeconds(20))
          .view()
          .node(node.getId())
          .orElseThrow()
          .getStatus();
    }
  }

  @BeforeAll
  static void database() {
    database = TestDatabase.start();
    database.migrate("node", "io/steppe/ledger/schema", "db/node");
    database.migrateTables("alloc", "allocs", "job_versions");
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stopDatabase() {
    vertx.close();
    database.close();
  }

  @BeforeEach
  void start() throws Exception {
    database.execute("truncate node.sessions, ledger.replicas");
    allocService = new TestAllocService();
    open.add(allocService);
    lease("node-0", 1);
    lease("node-1", 1);
    zero = replica("node-0", 1);
    one = replica("node-1", 1);
    alive(zero, one);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private One replica(String id, long generation) throws Exception {
    Member self = TestReplica.member(id, generation, 1);
    FixedReplicas replicas = new FixedReplicas(id, List.of(self));
    LedgerSettings settings =
        database.settings("node", NodeView.TABLES.toArray(String[]::new)).withClock(clock);
    PostgresLedger<NodeView> ledger = PostgresLedger.open(vertx, settings, NodeView.empty());
    Pool pool =
        Pool.newInstance(
            PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(2))
                .connectingTo(
                    PgConnectOptions.fromUri(database.url())
                        .setUser(TestDatabase.role("node"))
                        .setPassword(TestDatabase.password())
                        .setCachePreparedStatements(true))
                .using(vertx)
                .build());
    SessionRows rows = new PostgresSessionRows(pool);
    TestReplica service = new TestReplica(ledger, rows, replicas, allocService, clock);
    open.addAll(List.of(ledger, pool::closeAndAwait, service));
    return new One(self, replicas, ledger, rows, service);
  }

  private static void lease(String id, long generation) {
    database.execute(
        "insert into ledger.replicas values ('%s', 'node-service', 'x', '1', now(), %d, now() + interval '1 hour')"
            .formatted(id, generation),
        "commit");
  }

  private static void endLease(String id) {
    database.execute(
        "update ledger.replicas set lease_until = now() - interval '1 second' where id = '%s'"
            .formatted(id));
  }

  private static void alive(One... members) {
    List<Member> all = List.of(members).stream().map(One::self).toList();
    List.of(members).forEach(each -> each.replicas().set(all));
  }

  private TestAgent agent(One replica, Node registered) {
    TestAgent agent = new TestAgent(replica.service().port());
    open.add(agent);
    agent.register(registered, SECRET).awaitRegistered();
    return agent;
  }

  private SessionRow row(Node of) {
    return one.rows().of(of.getId()).await().atMost(Duration.ofSeconds(20)).orElseThrow();
  }

  /**
   * Ticks as time would, though the clock stands: one look for orphans may be under way already.
   */
  private static void awaitAdoption(One by, Node of) {
    Eventually.await(
        "adopted",
        () -> {
          by.service().watch.tick();
          return by.service().sessions.of(of.getId()).isPresent();
        });
  }

  private static List<String> messages(One replica, Node of) {
    return replica
        .ledger()
        .latest()
        .await()
        .atMost(Duration.ofSeconds(20))
        .view()
        .node(of.getId())
        .orElseThrow()
        .getEventsList()
        .stream()
        .map(NodeEvent::getMessage)
        .toList();
  }

  @Test
  void everySessionHasAHigherEpoch() {
    agent(zero, node);
    assertEquals(new SessionRow(node.getId(), "node-0", 1, 1), row(node));
    agent(one, node);
    assertEquals(new SessionRow(node.getId(), "node-1", 1, 2), row(node));
    assertEquals("ready", one.status(node));
  }

  @Test
  void manyClaimsAtOnceEachGetTheirEpoch() {
    List<Long> epochs =
        IntStream.range(0, 500)
            .mapToObj(i -> zero.rows().claim("node-" + i % 250, zero.self()))
            .toList()
            .stream()
            .map(claim -> claim.subscribeAsCompletionStage())
            .toList()
            .stream()
            .map(future -> future.join().epoch())
            .toList();
    assertEquals(250, epochs.stream().filter(epoch -> epoch == 1).count());
    assertEquals(250, epochs.stream().filter(epoch -> epoch == 2).count());
    assertEquals(250, zero.rows().all().await().atMost(Duration.ofSeconds(20)).size());
  }

  @Test
  void theNodesOfADeadReplicaAreAdoptedWithAFreshTime() {
    agent(zero, node);
    one.service().watch.tick();
    clock.forward(TestReplica.TOO_LATE);
    endLease("node-0");
    alive(one);
    one.service().watch.tick();
    awaitAdoption(one, node);
    one.service().watch.tick();
    assertEquals("ready", one.status(node));

    clock.forward(TestReplica.TOO_LATE);
    one.service().watch.tick();
    Eventually.await("down", () -> one.status(node).equals("down"));
    assertEquals(List.of("Node registered", "Node heartbeat missed"), messages(one, node));
  }

  @Test
  void aReplicaThatWasPausedTakesNobodyDown() {
    TestAgent agent = agent(zero, node);
    zero.service().watch.tick();
    // node-0 stops; node-1 takes over, and the agent dials it.
    endLease("node-0");
    alive(one);
    one.service().watch.tick();
    awaitAdoption(one, node);
    agent(one, node);
    // node-0 runs again, and first doesn't know that it lost its lease.
    clock.forward(TestReplica.TOO_LATE);
    zero.service().watch.tick();
    agent.awaitEnd();
    assertEquals("ready", one.status(node));
    assertEquals(List.of("Node registered"), messages(one, node));
    assertTrue(zero.service().sessions.of(node.getId()).isEmpty());
  }

  @Test
  void aReplicaWhoseLeaseIsNewThrowsItsTimersAway() {
    TestAgent agent = agent(zero, node);
    zero.service().watch.tick();
    clock.forward(TestReplica.TOO_LATE);
    database.execute("update ledger.replicas set generation = 2 where id = 'node-0'");
    zero.replicas().set(List.of(TestReplica.member("node-0", 2, 1), one.self()));
    zero.service().watch.tick();
    agent.awaitEnd();
    assertEquals("ready", zero.status(node));
    agent(zero, node);
    zero.service().watch.tick();
    assertEquals(new SessionRow(node.getId(), "node-0", 2, row(node).epoch()), row(node));
    assertEquals("ready", zero.status(node));
  }

  @Test
  void afterAFullRestartNodesHaveTimeToComeBack() throws Exception {
    agent(zero, node);
    Node second = TestNodes.any();
    agent(zero, second);
    endLease("node-0");
    endLease("node-1");
    alive();
    lease("node-2", 1);
    clock.forward(TestReplica.TOO_LATE);
    One restarted = replica("node-2", 1);
    awaitAdoption(restarted, node);
    awaitAdoption(restarted, second);
    restarted.service().watch.tick();
    agent(restarted, second);
    clock.forward(TestReplica.GRACE);
    restarted.service().watch.tick();
    assertEquals("ready", restarted.status(node));
    clock.forward(TestReplica.TOO_LATE);
    agent(restarted, second);
    restarted.service().watch.tick();
    Eventually.await("down", () -> restarted.status(node).equals("down"));
    assertEquals("ready", restarted.status(second));
  }

  @Test
  void aNodeWithoutARowIsWatchedToo() {
    agent(zero, node);
    database.execute("delete from node.sessions");
    alive(one);
    awaitAdoption(one, node);
  }

  @Test
  void theLivingAreNotRobbed() {
    agent(zero, node);
    List<SessionRow> adopted =
        one.rows()
            .adopt(one.self(), Map.of(node.getId(), 1L))
            .await()
            .atMost(Duration.ofSeconds(20));
    assertEquals(List.of(), adopted);
    endLease("node-0");
    assertEquals(
        List.of(),
        one.rows()
            .adopt(one.self(), Map.of(node.getId(), 7L))
            .await()
            .atMost(Duration.ofSeconds(20)));
    assertFalse(
        one.rows()
            .adopt(one.self(), Map.of(node.getId(), 1L))
            .await()
            .atMost(Duration.ofSeconds(20))
            .isEmpty());
  }

  @Test
  void manyNodesGoDownTogether() {
    List<Node> nodes = IntStream.range(0, 200).mapToObj(_ -> TestNodes.any()).toList();
    nodes.forEach(each -> agent(zero, each).close());
    zero.service().watch.tick();
    clock.forward(TestReplica.TOO_LATE);
    zero.service().watch.tick();
    Eventually.await(
        "all down",
        () ->
            nodes.stream()
                .allMatch(
                    each ->
                        zero.ledger()
                            .snapshot()
                            .view()
                            .node(each.getId())
                            .orElseThrow()
                            .getStatus()
                            .equals("down")));
    Eventually.await(
        "no session",
        () -> nodes.stream().allMatch(each -> zero.service().sessions.of(each.getId()).isEmpty()));
  }
}
