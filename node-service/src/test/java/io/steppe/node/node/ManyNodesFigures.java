package io.steppe.node.node;

import io.smallrye.mutiny.Uni;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.PostgresLedger;
import io.steppe.ledger.testing.TestDatabase;
import io.steppe.node.registration.NodeChange;
import io.steppe.node.registration.TestNodes;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.DrainSpec;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.Callers;
import io.steppe.rpc.v1.ChangeNodesReply;
import io.steppe.rpc.v1.ChangeNodesRequest;
import io.steppe.rpc.v1.NodeChangedReply;
import io.steppe.rpc.v1.NodeEvaluationsReply;
import io.steppe.rpc.v1.UpdateDrainRequest;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Measures one change of as many nodes as a commit carries. Run by hand: docs/performance.md. */
public final class ManyNodesFigures {
  private static final Duration WAIT = Duration.ofMinutes(2);
  private static final int AT_ONCE = 500;
  private static final int ATTRIBUTES = 40;

  private ManyNodesFigures() {}

  /** Needs nothing; starts a PostgreSQL of its own. */
  public static void main(String[] arguments) {
    Vertx vertx = Vertx.vertx();
    try (TestDatabase database = TestDatabase.start()) {
      database.migrate("node", "io/steppe/ledger/schema", "db/node");
      database.migrateTables("alloc", "allocs", "job_versions");
      try (PostgresLedger<NodeView> ledger =
          PostgresLedger.open(
              vertx,
              database.settings("node", NodeView.TABLES.toArray(String[]::new)),
              NodeView.empty())) {
        ledger.ready().await().atMost(WAIT);
        for (int from = 0; from < ManyNodes.MAX_NODES; from += AT_ONCE) {
          register(ledger, from);
        }
        NodeWrites writes =
            new NodeWrites(
                ledger, (_, _) -> Uni.createFrom().item(NodeEvaluationsReply.getDefaultInstance()));
        ChangeNodesRequest.Builder all =
            ChangeNodesRequest.newBuilder().setFilter("Meta.rack matches \"^r\"");
        measure("dry run", writes, all.clone().setPurge(true).setDryRun(true));
        measure(
            "drain",
            writes,
            all.clone()
                .setDrain(
                    UpdateDrainRequest.newBuilder()
                        .setSpec(DrainSpec.newBuilder().setDeadline(1))));
        measure("purge", writes, all.clone().setPurge(true));
      }
    }
    vertx.close();
  }

  private static void measure(String what, NodeWrites writes, ChangeNodesRequest.Builder request) {
    long began = System.nanoTime();
    ChangeNodesReply reply =
        writes.changeMany(request.setCaller(Callers.anonymous()).build()).await().atMost(WAIT);
    System.out.printf(
        "%s of %d nodes: %.2f s%n",
        what, reply.getNodeIdsCount(), (System.nanoTime() - began) / 1e9);
  }

  private static void register(PostgresLedger<NodeView> ledger, int from) {
    List<Node> nodes =
        IntStream.range(from, from + AT_ONCE).mapToObj(ManyNodesFigures::node).toList();
    ledger
        .commit(
            "",
            NodeChangedReply.parser(),
            (view, index, now) ->
                new Outcome.Commit<>(
                    nodes.stream()
                        .map(node -> NodeChange.REGISTRATION.put(node.toBuilder(), index))
                        .toList(),
                    NodeChangedReply.getDefaultInstance()))
        .await()
        .atMost(WAIT);
  }

  private static Node node(int number) {
    Node.Builder node =
        TestNodes.named(String.format("%08x-0000-4000-8000-000000000000", number)).toBuilder()
            .setStatus("ready")
            .setSchedulingEligibility("eligible")
            .putMeta("rack", "r" + number % 7);
    for (int i = 0; i < ATTRIBUTES; i++) {
      node.putAttributes("attribute.number." + i, "value of attribute " + i);
    }
    return node.build();
  }
}
