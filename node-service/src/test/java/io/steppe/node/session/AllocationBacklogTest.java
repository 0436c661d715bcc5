package io.steppe.node.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.ledger.Change;
import io.steppe.ledger.LoggedChange;
import io.steppe.ledger.Snapshot;
import io.steppe.ledger.Tables;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.TaskGroup;
import io.steppe.rpc.v1.AllocationsForNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AllocationBacklogTest {
  private static final String NODE = "n";

  private NodeView view = NodeView.empty();
  private long index;

  /** What an agent makes of the messages: a full set is gathered and applied at its end. */
  private static final class Agent {
    private final Map<String, Allocation> known = new HashMap<>();
    private final Map<String, Allocation> set = new HashMap<>();

    void take(AllocationsForNode message) {
      if (!message.getFull()) {
        assertTrue(set.isEmpty());
        message.getAllocationsList().forEach(one -> known.put(one.getId(), one));
        message.getRemovedList().forEach(known::remove);
        return;
      }
      assertEquals(0, message.getRemovedCount());
      message
          .getAllocationsList()
          .forEach(one -> assertNull(set.put(one.getId(), one), "named twice"));
      if (message.getLast()) {
        known.clear();
        known.putAll(set);
        set.clear();
      }
    }
  }

  private Snapshot<NodeView> snapshot() {
    return new Snapshot<>(1, index, view, Map.of(), Instant.EPOCH);
  }

  private void apply(Change change) {
    index++;
    view = view.apply(new LoggedChange(index, 0, change));
  }

  private void job(Job job) {
    apply(Change.put(Tables.JOB_VERSIONS, "default/web#0", job.toByteString()));
  }

  private void allocation(String id, String description) {
    Allocation one =
        Allocation.newBuilder()
            .setId(id)
            .setNodeId(NODE)
            .setNamespace("default")
            .setJobId("web")
            .setTaskGroup("a")
            .setDesiredDescription(description)
            .build();
    apply(Change.put(Tables.ALLOCS, id, one.toByteString()));
  }

  private static Job.Builder job(int bytes) {
    return Job.newBuilder().setId("web").putMeta("filler", "x".repeat(bytes));
  }

  @Test
  void aSlowAgentEndsUpWithWhatIsThere() {
    for (int seed = 0; seed < 300; seed++) {
      history(new Random(seed));
    }
  }

  private void history(Random random) {
    view = NodeView.empty();
    index = 0;
    job(job(200_000).build());
    AllocationBacklog backlog = new AllocationBacklog(NODE);
    Agent agent = new Agent();
    agent.known.put("from a session before", Allocation.getDefaultInstance());
    for (int i = 0; i < random.nextInt(10); i++) {
      allocation("a" + i, "before");
    }
    backlog.all(view);
    for (int step = 0; step < 60; step++) {
      String id = "a" + random.nextInt(10);
      switch (random.nextInt(6)) {
        case 0, 1 -> {
          allocation(id, "step " + step);
          backlog.changed(id);
        }
        case 2 -> {
          apply(Change.delete(Tables.ALLOCS, id));
          backlog.changed(id);
        }
        case 3 -> {
          if (random.nextInt(10) == 0) {
            backlog.all(view);
          }
        }
        default -> backlog.next(snapshot()).ifPresent(agent::take);
      }
    }
    for (Optional<AllocationsForNode> message = backlog.next(snapshot());
        message.isPresent();
        message = backlog.next(snapshot())) {
      agent.take(message.get());
    }
    assertEquals(view.allocationsOf(NODE).keySet(), agent.known.keySet());
    agent.known.forEach(
        (id, one) ->
            assertEquals(view.allocationsOf(NODE).get(id), one.toBuilder().clearJob().build()));
  }

  @Test
  void aLargeJobGoesWithItsOwnGroupOnly() {
    TaskGroup own = TaskGroup.newBuilder().setName("a").build();
    TaskGroup other =
        TaskGroup.newBuilder().setName("b").putMeta("filler", "x".repeat(2 << 20)).build();
    job(job(10).addTaskGroups(own).addTaskGroups(other).build());
    allocation("one", "");
    AllocationBacklog backlog = new AllocationBacklog(NODE);
    backlog.all(view);
    AllocationsForNode message = backlog.next(snapshot()).orElseThrow();
    assertTrue(message.getSerializedSize() < 1 << 20);
    assertEquals(List.of(own), message.getAllocations(0).getJob().getTaskGroupsList());
  }

  @Test
  void whatNoAgentCanTakeIsNotSent() {
    job(job(5 << 20).build());
    allocation("one", "");
    AllocationBacklog backlog = new AllocationBacklog(NODE);
    backlog.all(view);
    AllocationsForNode message = backlog.next(snapshot()).orElseThrow();
    assertEquals(0, message.getAllocationsCount());
    assertTrue(message.getLast());
  }
}
