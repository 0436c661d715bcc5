package io.steppe.node.session;

import io.steppe.ledger.FixedReplicas;
import io.steppe.ledger.MemoryLedger;
import io.steppe.ledger.Replicas.Member;
import io.steppe.node.view.NodeView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Replicas over one log in memory. */
public final class TestCluster implements AutoCloseable {
  private final TestClock clock = new TestClock();
  private final List<FixedReplicas> replicas = new ArrayList<>();
  private final List<TestReplica> services = new ArrayList<>();
  private final TestAllocService allocService = new TestAllocService();
  private final MemoryLedger<NodeView> ledger;

  public TestCluster(int size) throws Exception {
    this(size, Duration.ofSeconds(10));
  }

  /**
   * @param answerWithin how long an agent may take to begin an answer
   */
  public TestCluster(int size, Duration answerWithin) throws Exception {
    MemorySessionRows rows = new MemorySessionRows(() -> replicas.getFirst());
    ledger = new MemoryLedger<>(NodeView.empty(), clock, rows::holds);
    for (int i = 0; i < size; i++) {
      Member self = TestReplica.member("node-" + i, 1, 1);
      replicas.add(new FixedReplicas(self.id(), List.of(self)));
      services.add(
          new TestReplica(ledger, rows, replicas.get(i), allocService, clock, answerWithin));
    }
    List<Member> all =
        IntStream.range(0, size)
            .mapToObj(i -> TestReplica.member("node-" + i, 1, port(i)))
            .toList();
    replicas.forEach(each -> each.set(all));
  }

  public int port(int replica) {
    return services.get(replica).port();
  }

  /** How many agents are connected to a replica. */
  public long live(int replica) {
    return services.get(replica).sessions.liveCount();
  }

  /** How many calls wait for their agents to dial a replica. */
  public int waitingCalls(int replica) {
    return services.get(replica).answers.waiting();
  }

  @Override
  public void close() throws Exception {
    for (TestReplica service : services) {
      service.close();
    }
    allocService.close();
    ledger.close();
  }
}
