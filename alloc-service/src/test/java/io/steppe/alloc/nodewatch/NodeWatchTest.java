package io.steppe.alloc.nodewatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.alloc.evaluation.Ownership;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Region;
import io.steppe.ledger.Change;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.DrainMetadata;
import io.steppe.proto.v1.DrainStrategy;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.NodeEvaluationsReply;
import io.steppe.rpc.v1.PlanReply;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodeWatchTest {
  private final Region region = new Region();
  private final AtomicLong seeds = new AtomicLong();

  @AfterEach
  void close() {
    region.close();
  }

  private NodeWatch watch() {
    var watch =
        new NodeWatch(
            region.ledger(),
            Ownership.alone("r1"),
            () -> new SplittableRandom(seeds.incrementAndGet()));
    watch.start();
    return watch;
  }

  /** Has a job run on a node that was answered for before. */
  private void place(Job job, String node) {
    if (region.view().node(node).isEmpty()) {
      region.put(Region.node(node, 1000, 1000));
    }
    region.edit(
        edit -> {
          edit.putVersion(job, "JobRegistered");
          edit.putDesired(Region.allocation(job, node, "e"), "PlanResult");
          edit.move(NodeChanges.FOLLOWER, edit.index());
          return edit;
        });
  }

  private static List<String> evaluations(AllocView view) {
    return view.evaluations().values().stream()
        .map(each -> each.getJobId() + " " + each.getTriggeredBy() + " " + each.getNodeId())
        .sorted()
        .toList();
  }

  private static Node down(String id) {
    return Region.node(id, 1000, 1000).toBuilder().setStatus("down").build();
  }

  private AllocView answered(long index) {
    return region.await(view -> view.position(NodeChanges.FOLLOWER) >= index);
  }

  @Test
  void jobsOfANodeThatGoesDownAreEvaluated() throws Exception {
    place(Region.job("web", "service", 1), "n1");
    place(Region.job("other", "service", 1), "n2");
    try (var watch = watch()) {
      var index = region.put(down("n1"));
      assertEquals(List.of("web node-update n1"), evaluations(answered(index)));
      var evaluation = region.view().evaluations().values().iterator().next();
      assertEquals(index, evaluation.getNodeModifyIndex());
    }
  }

  @Test
  void systemJobsAreEvaluatedForANodeThatComes() throws Exception {
    place(Region.job("everywhere", "system", 1), "n0");
    place(
        Region.job("elsewhere", "system", 1).toBuilder()
            .clearDatacenters()
            .addDatacenters("dc2*")
            .build(),
        "n0");
    place(Region.job("pool", "system", 1).toBuilder().setNodePool("gpu").build(), "n0");
    try (var watch = watch()) {
      var index = region.put(Region.node("n1", 1000, 1000));
      assertEquals(List.of("everywhere node-update n1"), evaluations(answered(index)));
    }
  }

  @Test
  void aDrainIsSaidToBeOne() throws Exception {
    place(Region.job("web", "service", 1), "n1");
    try (var watch = watch()) {
      var index =
          region.put(
              Region.node("n1", 1000, 1000).toBuilder()
                  .setDrain(true)
                  .setDrainStrategy(DrainStrategy.getDefaultInstance())
                  .build());
      assertEquals(List.of("web node-drain n1"), evaluations(answered(index)));
    }
  }

  @Test
  void whatMeansNothingToASchedulerMakesNoEvaluation() throws Exception {
    region.put(Region.node("n1", 1000, 1000));
    place(Region.job("web", "service", 1), "n1");
    try (var watch = watch()) {
      var first = answered(1);
      int before = first.evaluations().size();
      region.put(
          Region.node("n1", 1000, 1000).toBuilder().setStatusDescription("still there").build());
      var index = region.put(Region.node("n2", 1000, 1000));
      assertEquals(before, answered(index).evaluations().size());
    }
  }

  @Test
  void aRestartAnswersWhatItMissedAndNothingTwice() throws Exception {
    place(Region.job("web", "service", 1), "n1");
    try (var watch = watch()) {
      answered(region.put(down("n1")));
    }
    assertEquals(1, region.view().evaluations().size());
    var missed = region.put(Region.node("n1", 1000, 1000));
    for (int i = 0; i < 5; i++) {
      try (var watch = watch()) {
        answered(missed);
      }
      assertEquals(List.of("web node-update n1", "web node-update n1"), evaluations(region.view()));
    }
  }

  @Test
  void twoThatFollowAnswerOnce() {
    place(Region.job("web", "service", 1), "n1");
    var index = region.put(down("n1"));
    var changes = new TreeMap<>(java.util.Map.of(index, Set.of("n1")));
    for (int i = 0; i < 2; i++) {
      region.commit(PlanReply.parser(), new NodeChanges(changes, new SplittableRandom(i)));
    }
    assertEquals(1, region.view().evaluations().size());
  }

  private NodeEvaluationsReply evaluate(String node) {
    return region.commit(
        NodeEvaluationsReply.parser(), new EvaluateNode(node, new SplittableRandom(7)));
  }

  @Test
  void anOperatorHasEveryJobOfANodeEvaluated() {
    place(Region.job("web", "service", 1), "n1");
    place(Region.job("other", "service", 1), "n2");
    place(Region.job("everywhere", "system", 1), "n2");
    place(Region.job("pool", "system", 1).toBuilder().setNodePool("gpu").build(), "n2");
    var index = region.view().node("n1").orElseThrow().getModifyIndex();
    var reply = evaluate("n1");
    assertEquals(
        List.of("everywhere node-update n1", "web node-update n1"), evaluations(region.view()));
    assertEquals(region.view().evaluations().keySet(), Set.copyOf(reply.getEvalIdsList()));
    assertEquals(index, reply.getNodeModifyIndex());
    assertEquals(2, reply.getNumNodes());
    assertEquals(region.latest().index(), reply.getEvalCreateIndex());
    assertEquals(reply.getIndex(), reply.getEvalCreateIndex());
  }

  @Test
  void aNodeThatIsNotThereIsNotEvaluated() {
    var failure = assertThrows(Failure.class, () -> evaluate("n9"));
    assertEquals(Kind.NOT_FOUND, failure.kind());
    assertEquals("node not found", failure.getMessage());
  }

  @Test
  void aNodeWithNothingToRunHasNoEvaluations() {
    region.put(Region.node("n1", 1000, 1000));
    var before = region.latest().index();
    var reply = evaluate("n1");
    assertEquals(0, reply.getEvalIdsCount());
    assertEquals(0, reply.getEvalCreateIndex());
    assertEquals(before, region.latest().index());
  }

  @Test
  void whoChangedANodeIsToldTheEvaluationsOnceTheyAreMade() throws Exception {
    place(Region.job("web", "service", 1), "n1");
    var index = region.put(down("n1"));
    var told =
        new NodeAnswers(region.ledger())
            .of("n1", index)
            .subscribeAsCompletionStage()
            .toCompletableFuture();
    assertFalse(told.isDone());
    try (var watch = watch()) {
      var reply = told.get(30, TimeUnit.SECONDS);
      assertEquals(region.view().evaluations().keySet(), Set.copyOf(reply.getEvalIdsList()));
      assertEquals(
          region.view().evaluation(reply.getEvalIds(0)).orElseThrow().getCreateIndex(),
          reply.getEvalCreateIndex());
      assertEquals(index, reply.getNodeModifyIndex());
    }
  }

  @Test
  void aDrainOfWhichOnlyTheNotesChangeIsAnsweredToo() throws Exception {
    var node = Region.node("n1", 1000, 1000);
    region.put(node);
    try (var watch = watch()) {
      answered(1);
      var index =
          region.put(
              node.toBuilder()
                  .setLastDrain(DrainMetadata.newBuilder().putMeta("why", "disk"))
                  .build());
      assertTrue(answered(index).position(NodeChanges.FOLLOWER) >= index);
    }
  }

  @Test
  void aNodeThatWentWhileNobodyFollowedIsAnswered() throws Exception {
    place(Region.job("web", "service", 1), "n1");
    region.commit(
        PlanReply.parser(),
        (view, index, now) ->
            new Outcome.Commit<>(
                List.of(Change.delete(Tables.NODES, "n1")), PlanReply.getDefaultInstance()));
    try (var watch = watch()) {
      region.await(view -> view.evaluations().size() == 1);
    }
    assertEquals(List.of("web node-update n1"), evaluations(region.view()));
  }
}
