package io.steppe.node.drain;

import io.steppe.ledger.Advance;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.LoggedChange;
import io.steppe.ledger.Replicas;
import io.steppe.ledger.Replicas.Member;
import io.steppe.ledger.Tables;
import io.steppe.node.session.Rendezvous;
import io.steppe.node.session.Sessions;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.NodeChangedReply;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Notices that drains are over. The replicas share the nodes by hash, to save each other's work
 * only; what one misses, by a restart or a failure, the next look at all nodes finds.
 */
public final class DrainWatch {
  private static final Logger LOG = Logger.getLogger(DrainWatch.class);

  private final Ledger<NodeView> ledger;
  private final Replicas replicas;
  private final Executor worker;
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();

  /**
   * @param worker commits, off the ledger's thread
   */
  public DrainWatch(Ledger<NodeView> ledger, Replicas replicas, Executor worker) {
    this.ledger = ledger;
    this.replicas = replicas;
    this.worker = worker;
  }

  /** Begins to follow nodes and their allocations. */
  public AutoCloseable follow() {
    return ledger.follow(this::advanced);
  }

  /** Looks at all nodes; called every second or so. */
  public void tick() {
    NodeView view = ledger.snapshot().view();
    complete(view, view.nodes().values().stream());
  }

  private void advanced(Advance<NodeView> step) {
    NodeView view = step.after().view();
    Set<String> touched = new HashSet<>();
    for (LoggedChange logged : step.changes()) {
      String key = logged.change().key();
      switch (logged.change().table()) {
        case Tables.NODES -> touched.add(key);
        case Tables.ALLOCS ->
            view.allocation(key)
                .or(() -> step.before().view().allocation(key))
                .map(Allocation::getNodeId)
                .ifPresent(touched::add);
        default -> {}
      }
    }
    complete(view, touched.stream().map(view::node).flatMap(Optional::stream));
  }

  private void complete(NodeView view, Stream<Node> nodes) {
    List<String> due =
        nodes.filter(node -> DrainCompletion.isDue(view, node)).map(Node::getId).toList();
    if (!due.isEmpty()) {
      worker.execute(() -> due.stream().filter(this::mine).forEach(this::complete));
    }
  }

  private boolean mine(String nodeId) {
    List<String> living = replicas.members(Sessions.SERVICE).stream().map(Member::id).toList();
    return Rendezvous.owner(nodeId, living).filter(replicas.self().id()::equals).isPresent();
  }

  private void complete(String nodeId) {
    if (!underWay.add(nodeId)) {
      return;
    }
    ledger
        .commit("", NodeChangedReply.parser(), new DrainCompletion(nodeId))
        .onTermination()
        .invoke(() -> underWay.remove(nodeId))
        .subscribe()
        .with(
            done -> {
              if (done.getIndex() != 0) {
                LOG.infof("node %s is drained at index %d", nodeId, done.getIndex());
              }
            },
            error ->
                LOG.warnf(
                    "the drain of node %s is over, which can't be written yet: %s",
                    nodeId, Failure.of(error).getMessage()));
  }
}
