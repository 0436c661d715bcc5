package io.steppe.node.collection;

import io.smallrye.mutiny.Uni;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.Replicas;
import io.steppe.ledger.Replicas.Member;
import io.steppe.node.session.Rendezvous;
import io.steppe.node.session.Sessions;
import io.steppe.node.view.NodeView;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ChangeNodesReply;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * Forgets nodes that are down for long, from time to time and in small commits. One replica does.
 */
public final class NodeCollector {
  private static final Logger LOG = Logger.getLogger(NodeCollector.class);
  private static final String TASK = "node-collector";

  /** Nodes in one commit. */
  private static final int BATCH = 200;

  private final Ledger<NodeView> ledger;
  private final Replicas replicas;
  private final Duration age;
  private final InstantSource clock;
  private final AtomicBoolean underWay = new AtomicBoolean();

  /**
   * @param age how long a node has to be down
   */
  public NodeCollector(
      Ledger<NodeView> ledger, Replicas replicas, Duration age, InstantSource clock) {
    this.ledger = ledger;
    this.replicas = replicas;
    this.age = age;
    this.clock = clock;
  }

  /** Forgets those that are down for long, where that is this replica's share. */
  public void tick() {
    List<String> living = replicas.members(Sessions.SERVICE).stream().map(Member::id).toList();
    boolean mine = Rendezvous.owner(TASK, living).filter(replicas.self().id()::equals).isPresent();
    if (mine && underWay.compareAndSet(false, true)) {
      collect(age)
          .onTermination()
          .invoke(() -> underWay.set(false))
          .subscribe()
          .with(done -> LOG.debug("No node is down for long"), NodeCollector::failed);
    }
  }

  /** Begins to forget all that are down, however long they are, whatever this replica's share. */
  public void collectAllSoon() {
    ledger
        .latest()
        .chain(now -> collect(Duration.ZERO))
        .subscribe()
        .with(done -> LOG.debug("No node is down"), NodeCollector::failed);
  }

  private static void failed(Throwable error) {
    LOG.warnf(
        "Nodes that are down could not be forgotten, the next round tries again: %s",
        Failure.of(error).getMessage());
  }

  private Uni<Void> collect(Duration old) {
    DownNodes found = DownNodes.of(ledger.snapshot().view(), old, BATCH, clock.instant());
    return found.ids().isEmpty()
        ? Uni.createFrom().voidItem()
        : ledger
            .commit("", ChangeNodesReply.parser(), found)
            .chain(
                done -> {
                  if (done.getIndex() == 0) {
                    return Uni.createFrom().voidItem();
                  }
                  LOG.infof("Nodes that were down are forgotten: %s", done.getNodeIdsList());
                  return ledger.at(done.getIndex()).chain(now -> collect(old));
                });
  }
}
