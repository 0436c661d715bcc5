package io.steppe.node.collection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.steppe.ledger.Change;
import io.steppe.ledger.EventTag;
import io.steppe.ledger.FixedReplicas;
import io.steppe.ledger.MemoryLedger;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.Replicas.Member;
import io.steppe.ledger.Tables;
import io.steppe.node.registration.TestNodes;
import io.steppe.node.session.Eventually;
import io.steppe.node.session.Sessions;
import io.steppe.node.session.TestClock;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.v1.NodeChangedReply;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeCollectorTest {
  private static final Duration AGE = Duration.ofHours(24);

  private final TestClock clock = new TestClock();
  private final MemoryLedger<NodeView> ledger = new MemoryLedger<>(NodeView.empty(), clock);

  @AfterEach
  void stop() {
    ledger.close();
  }

  private NodeCollector collector(String self) {
    List<Member> living = List.of(member("a", Sessions.SERVICE), member("b", "another-service"));
    return new NodeCollector(ledger, new FixedReplicas(self, living), AGE, clock);
  }

  private static Member member(String id, String service) {
    return new Member(id, service, "127.0.0.1:1", "1", Instant.EPOCH, 1, Instant.MAX, true);
  }

  private void put(Change change) {
    ledger
        .commit(
            "",
            NodeChangedReply.parser(),
            (view, index, now) ->
                new Outcome.Commit<>(List.of(change), NodeChangedReply.getDefaultInstance()))
        .await()
        .atMost(Duration.ofSeconds(10));
  }

  /** A node whose status is of now. */
  private String node(String status) {
    Node node =
        TestNodes.any().toBuilder()
            .setStatus(status)
            .setStatusUpdatedAt(clock.instant().getEpochSecond())
            .build();
    put(Change.put(Tables.NODES, node.getId(), node.toByteString()));
    return node.getId();
  }

  private void allocation(String node, String desired, String client) {
    Allocation stored =
        Allocation.newBuilder()
            .setId(UUID.randomUUID().toString())
            .setNodeId(node)
            .setDesiredStatus(desired)
            .setClientStatus(client)
            .build();
    put(Change.put(Tables.ALLOCS, stored.getId(), stored.toByteString()));
  }

  private Set<String> nodes() {
    return ledger.snapshot().view().nodes().keySet();
  }

  @Test
  void whatIsDownForLongGoes() {
    node("down");
    clock.forward(AGE.minusSeconds(1));
    String younger = node("down");
    String ready = node("ready");
    String away = node("disconnected");
    clock.forward(Duration.ofSeconds(1));
    collector("a").tick();
    Eventually.await("gone", () -> nodes().equals(Set.of(younger, ready, away)));
  }

  @Test
  void whoeverAsksHasAllThatAreDownGoAtOnce() {
    node("down");
    String ready = node("ready");
    collector("a").collectAllSoon();
    Eventually.await("gone", () -> nodes().equals(Set.of(ready)));
  }

  @Test
  void moreThanOneCommitCarriesGo() {
    for (int i = 0; i < 450; i++) {
      node("down");
    }
    long before = ledger.snapshot().index();
    collector("a").collectAllSoon();
    Eventually.await("gone", () -> nodes().isEmpty());
    assertEquals(before + 3, ledger.snapshot().index());
  }

  /** A machine that is down may still run what nobody has told it to stop. */
  @ParameterizedTest
  @CsvSource({
    "run,complete,true",
    "run,failed,true",
    "stop,lost,true",
    "stop,running,true",
    "evict,pending,true",
    "run,running,false",
    "run,pending,false",
    "run,unknown,false"
  })
  void whatMayGoOnKeepsItsNode(String desired, String client, boolean over) {
    allocation(node("down"), "run", "complete");
    allocation(nodes().iterator().next(), desired, client);
    DownNodes found = DownNodes.of(ledger.snapshot().view(), Duration.ZERO, 10, clock.instant());
    assertEquals(over ? 1 : 0, found.ids().size());
  }

  @Test
  void whatComesBackMeanwhileStays() {
    String back = node("down");
    String gone = node("down");
    DownNodes found = DownNodes.of(ledger.snapshot().view(), Duration.ZERO, 10, clock.instant());
    Node ready =
        ledger.snapshot().view().node(back).orElseThrow().toBuilder().setStatus("ready").build();
    put(Change.put(Tables.NODES, back, ready.toByteString()));
    var commit =
        assertInstanceOf(
            Outcome.Commit.class, found.decide(ledger.snapshot().view(), 9, clock.instant()));
    Change change = (Change) commit.changes().getFirst();
    assertEquals(1, commit.changes().size());
    assertEquals(gone, change.key());
    EventTag event = change.event().orElseThrow();
    assertEquals("NodeDeregistration", event.type());
  }

  @Test
  void itIsLeftToOneReplica() {
    node("down");
    clock.forward(AGE);
    collector("b").tick();
    assertEquals(1, nodes().size());
  }
}
