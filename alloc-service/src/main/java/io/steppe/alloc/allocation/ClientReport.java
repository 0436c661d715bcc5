package io.steppe.alloc.allocation;

import io.steppe.alloc.evaluation.Evaluations;
import io.steppe.alloc.scheduler.Statuses;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Edit;
import io.steppe.alloc.view.Ids;
import io.steppe.alloc.view.JobKey;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.proto.v1.AllocDeploymentStatus;
import io.steppe.proto.v1.AllocState;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Job;
import io.steppe.rpc.v1.UpdateFromClientReply;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * What agents report of their allocations. What says nothing new, and what is not known, is left
 * out; an allocation that has ended stays ended. Evaluations of jobs that lost something they want,
 * or whose update can go on, come in the same commit.
 */
record ClientReport(List<Allocation> reports, RandomGenerator random)
    implements Decision<AllocView, UpdateFromClientReply> {
  private static final String UPDATED = "AllocationUpdated";

  @Override
  public Outcome<UpdateFromClientReply> decide(AllocView view, long index, Instant now) {
    var edit = new Edit(view, index, now);
    Map<JobKey, String> evaluate = new LinkedHashMap<>();
    Set<JobKey> cameUp = new LinkedHashSet<>();
    for (var report : reports) {
      edit.view()
          .allocation(report.getId())
          .ifPresent(
              before -> {
                var after = merged(before, report, edit);
                if (!after.equals(before)) {
                  edit.putReported(after, UPDATED);
                  trigger(edit.view(), before, after, evaluate, cameUp);
                }
              });
    }
    for (var key : cameUp) {
      if (!evaluate.containsKey(key) && olderRemain(edit.view(), key)) {
        evaluate.put(key, Evaluations.ROLLING_UPDATE);
      }
    }
    evaluate.forEach(
        (key, why) ->
            edit.view()
                .job(key)
                .ifPresent(job -> edit.put(Evaluations.of(Ids.from(random), job, why), UPDATED)));
    long reached = edit.isEmpty() ? index - 1 : index;
    return edit.outcome(UpdateFromClientReply.newBuilder().setIndex(reached).build());
  }

  /** The stored allocation with what its agent says of it. */
  private static Allocation merged(Allocation before, Allocation report, Edit edit) {
    var after = before.toBuilder();
    if (mayBecome(before, report.getClientStatus())) {
      if (before.getClientStatus().equals(Statuses.UNKNOWN)
          && !report.getClientStatus().equals(Statuses.UNKNOWN)) {
        after.addAllocStates(reconnected(report, edit.now()));
      }
      after
          .setClientStatus(report.getClientStatus())
          .setClientDescription(report.getClientDescription());
    }
    if (report.getTaskStatesCount() > 0) {
      after.clearTaskStates().putAllTaskStates(report.getTaskStatesMap());
    }
    if (report.hasNetworkStatus()) {
      after.setNetworkStatus(report.getNetworkStatus());
    }
    if (report.hasDeploymentStatus()) {
      after.setDeploymentStatus(health(before, report, edit.index()));
    }
    return after.build();
  }

  /** Its node is back: when it was away can be told from its states. */
  private static AllocState reconnected(Allocation report, long now) {
    return AllocState.newBuilder()
        .setField("client_status")
        .setValue(report.getClientStatus())
        .setTime(now)
        .build();
  }

  /** Ended stays ended; only of what was believed lost the agent knows better how it ended. */
  private static boolean mayBecome(Allocation before, String status) {
    if (status.isEmpty()) {
      return false;
    }
    boolean ends = status.equals(Statuses.COMPLETE) || status.equals(Statuses.FAILED);
    return !Statuses.clientTerminal(before)
        || (before.getClientStatus().equals(Statuses.LOST) && ends);
  }

  /** Its index moves only when its health does. */
  private static AllocDeploymentStatus health(Allocation before, Allocation report, long index) {
    var known = before.getDeploymentStatus();
    var said = report.getDeploymentStatus();
    boolean same =
        known.hasHealthy() == said.hasHealthy() && known.getHealthy() == said.getHealthy();
    return same && before.hasDeploymentStatus()
        ? known
        : said.toBuilder().setCanary(known.getCanary()).setModifyIndex(index).build();
  }

  private static void trigger(
      AllocView view,
      Allocation before,
      Allocation after,
      Map<JobKey, String> evaluate,
      Set<JobKey> cameUp) {
    var key = JobKey.of(after);
    var job = view.job(key);
    if (job.isEmpty() || job.get().getStop()) {
      return;
    }
    if (lost(job.get(), before, after)) {
      evaluate.put(key, Evaluations.ALLOC_FAILURE);
    } else if (before.getClientStatus().equals(Statuses.UNKNOWN)
        && after.getClientStatus().equals(Statuses.RUNNING)) {
      evaluate.putIfAbsent(key, Evaluations.RECONNECT);
    } else if (after.getJobVersion() == job.get().getVersion() && cameUp(before, after)) {
      cameUp.add(key);
    }
  }

  /**
   * Whether the job wants something in this one's place; a batch job wants nothing for what is
   * complete.
   */
  private static boolean lost(Job job, Allocation before, Allocation after) {
    if (Statuses.clientTerminal(before)
        || !Statuses.clientTerminal(after)
        || Statuses.serverTerminal(after)) {
      return false;
    }
    boolean finite = job.getType().equals("batch") || job.getType().equals("sysbatch");
    return !(finite && after.getClientStatus().equals(Statuses.COMPLETE));
  }

  private static boolean cameUp(Allocation before, Allocation after) {
    boolean runs = after.getClientStatus().equals(Statuses.RUNNING);
    boolean ran = before.getClientStatus().equals(Statuses.RUNNING);
    boolean healthier =
        after.getDeploymentStatus().getHealthy() && !before.getDeploymentStatus().getHealthy();
    return runs && (!ran || healthier);
  }

  /** Whether a rolling update of the job has allocations of older versions left to replace. */
  private static boolean olderRemain(AllocView view, JobKey key) {
    long version = view.job(key).orElseThrow().getVersion();
    return view.counts(key).livesBeside(version);
  }
}
