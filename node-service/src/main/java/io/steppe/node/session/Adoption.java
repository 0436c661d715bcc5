package io.steppe.node.session;

import io.smallrye.mutiny.Uni;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.Replicas.Member;
import io.steppe.ledger.Snapshot;
import io.steppe.node.registration.NodeStatus;
import io.steppe.node.view.NodeView;
import io.steppe.rpc.Failure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Takes over the nodes that nobody alive is responsible for, after a replica's or everybody's end.
 * The living share them by hash; what is written decides.
 */
public final class Adoption {
  private static final Logger LOG = Logger.getLogger(Adoption.class);

  private final Ledger<NodeView> ledger;
  private final SessionRows rows;
  private final Sessions sessions;
  private final AtomicBoolean underWay = new AtomicBoolean();

  public Adoption(Ledger<NodeView> ledger, SessionRows rows, Sessions sessions) {
    this.ledger = ledger;
    this.rows = rows;
    this.sessions = sessions;
  }

  /**
   * Compares rows, nodes and sessions once.
   *
   * @param again called when it failed or one was under way: it should be tried again
   */
  void run(Member self, List<Member> living, Runnable again) {
    if (!underWay.compareAndSet(false, true)) {
      again.run();
      return;
    }
    Uni.combine()
        .all()
        .unis(ledger.latest(), rows.all())
        .asTuple()
        .chain(
            both -> {
              Map<String, SessionRow> byNode =
                  both.getItem2().stream()
                      .collect(Collectors.toMap(SessionRow::nodeId, row -> row));
              endSuperseded(byNode);
              Map<String, Long> orphans = orphans(self, living, both.getItem1(), byNode);
              return orphans.isEmpty()
                  ? Uni.createFrom().item(List.<SessionRow>of())
                  : rows.adopt(self, orphans);
            })
        .subscribe()
        .with(
            adopted -> {
              sessions.adopt(adopted);
              if (!adopted.isEmpty()) {
                LOG.infof("took over %d nodes", adopted.size());
              }
              underWay.set(false);
            },
            error -> {
              LOG.warnf("nodes without a replica wait: %s", Failure.of(error).getMessage());
              underWay.set(false);
              again.run();
            });
  }

  /** Sessions whose node has a newer one elsewhere. */
  private void endSuperseded(Map<String, SessionRow> rows) {
    rows.values().forEach(row -> sessions.newerSession(row.nodeId(), row.epoch()));
  }

  private Map<String, Long> orphans(
      Member self, List<Member> living, Snapshot<NodeView> now, Map<String, SessionRow> rows) {
    Set<String> leases =
        living.stream().map(one -> lease(one.id(), one.generation())).collect(Collectors.toSet());
    List<String> ids = living.stream().map(Member::id).toList();
    Map<String, Long> orphans = new HashMap<>();
    now.view()
        .nodes()
        .values()
        .forEach(
            node -> {
              Optional<SessionRow> row = Optional.ofNullable(rows.get(node.getId()));
              if (!NodeStatus.DOWN.isOf(node) && forgotten(self, ids, leases, node.getId(), row)) {
                orphans.put(node.getId(), row.map(SessionRow::epoch).orElse(0L));
              }
            });
    return orphans;
  }

  private boolean forgotten(
      Member self, List<String> ids, Set<String> leases, String node, Optional<SessionRow> row) {
    boolean held =
        row.map(one -> leases.contains(lease(one.replica(), one.generation()))).orElse(false);
    boolean mine =
        row.map(one -> one.replica().equals(self.id()) && one.generation() == self.generation())
            .orElse(false);
    if (mine) {
      return sessions.of(node).isEmpty() && !sessions.registering(node);
    }
    return !held && Rendezvous.owner(node, ids).filter(self.id()::equals).isPresent();
  }

  private static String lease(String replica, long generation) {
    return replica + "#" + generation;
  }
}
