package io.steppe.node.session;

import io.steppe.ledger.Snapshot;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.TaskGroup;
import io.steppe.rpc.v1.AllocationsForNode;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * The allocations that an agent has yet to be told of. Only their ids wait, at most as many as the
 * node has allocations: what is sent is their state when the agent takes it. Not thread-safe.
 */
final class AllocationBacklog {
  private static final Logger LOG = Logger.getLogger(AllocationBacklog.class);

  /** Of a message, and of a job inside it; leaves room for the rest under 1 MiB. */
  private static final int MAX_BYTES = 768 << 10;

  /**
   * What an agent takes at most is 4 MiB; a larger message would end its session, again and again.
   */
  private static final int MAX_ALLOCATION_BYTES = 3 << 20;

  private final String nodeId;
  private final LinkedHashSet<String> waiting = new LinkedHashSet<>();

  /** While a full set is being sent: what it named already. */
  private final Set<String> told = new HashSet<>();

  /** What changed after the full set named it: an agent applies the set at its end, then these. */
  private final LinkedHashSet<String> afterwards = new LinkedHashSet<>();

  private boolean full;

  AllocationBacklog(String nodeId) {
    this.nodeId = nodeId;
  }

  /** The agent is to be told of everything. A full set that is being sent is completed. */
  void all(NodeView view) {
    if (!full) {
      waiting.clear();
    }
    full = true;
    waiting.addAll(view.allocationsOf(nodeId).keySet());
    waiting.removeAll(told);
    afterwards.addAll(told);
  }

  /** One allocation is new, changed or gone. */
  void changed(String allocationId) {
    if (told.contains(allocationId)) {
      afterwards.add(allocationId);
    } else {
      waiting.add(allocationId);
    }
  }

  /** The next message, if anything waits. */
  Optional<AllocationsForNode> next(Snapshot<NodeView> snapshot) {
    if (!full && waiting.isEmpty()) {
      return Optional.empty();
    }
    AllocationsForNode.Builder message =
        AllocationsForNode.newBuilder().setIndex(snapshot.index()).setFull(full);
    fill(message, snapshot.view());
    boolean last = waiting.isEmpty();
    if (last) {
      full = false;
      told.clear();
      waiting.addAll(afterwards);
      afterwards.clear();
    }
    return Optional.of(message.setLast(last).build());
  }

  private void fill(AllocationsForNode.Builder message, NodeView view) {
    int bytes = 0;
    for (Iterator<String> ids = waiting.iterator(); ids.hasNext(); ids.remove()) {
      String id = ids.next();
      Allocation stored = view.allocationsOf(nodeId).get(id);
      if (stored == null) {
        removed(message, id);
        continue;
      }
      Optional<Job> job = view.jobOf(stored);
      if (job.isEmpty()) {
        LOG.errorf("allocation %s has no job version %d", id, stored.getJobVersion());
        continue;
      }
      Allocation whole = stored.toBuilder().setJob(sized(job.get(), stored.getTaskGroup())).build();
      if (whole.getSerializedSize() > MAX_ALLOCATION_BYTES) {
        LOG.errorf("allocation %s is too large for its agent", id);
        continue;
      }
      bytes += whole.getSerializedSize();
      if (bytes > MAX_BYTES && message.getAllocationsCount() > 0) {
        return;
      }
      message.addAllocations(whole);
      if (full) {
        told.add(id);
      }
    }
  }

  /** A full set says what is gone by not naming it. */
  private void removed(AllocationsForNode.Builder message, String id) {
    if (!full) {
      message.addRemoved(id);
    }
  }

  /** A job too large for a message goes without the groups that the allocation is not of. */
  private static Job sized(Job job, String group) {
    if (job.getSerializedSize() <= MAX_BYTES) {
      return job;
    }
    Job.Builder own = job.toBuilder().clearTaskGroups();
    job.getTaskGroupsList().stream()
        .filter(one -> one.getName().equals(group))
        .forEach((TaskGroup one) -> own.addTaskGroups(one));
    return own.build();
  }
}
