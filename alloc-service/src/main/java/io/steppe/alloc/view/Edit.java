package io.steppe.alloc.view;

import com.google.protobuf.ByteString;
import com.google.protobuf.UInt64Value;
import io.steppe.ledger.Change;
import io.steppe.ledger.EventTag;
import io.steppe.ledger.LoggedChange;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The changes of one commit while they are gathered, and the view they lead to. It writes index and
 * time into what it is given, and keeps the status of every job it touches right.
 */
public final class Edit {
  private final long index;
  private final long now;
  private final Map<RowKey, Change> changes = new LinkedHashMap<>();

  /** Jobs whose status may be another, with the type of the event that would show it. */
  private final Map<JobKey, String> touched = new LinkedHashMap<>();

  private AllocView view;

  private record RowKey(String table, String key) {}

  /**
   * @param view the state before the commit
   * @param index the index the commit has
   * @param now the time it writes
   */
  public Edit(AllocView view, long index, Instant now) {
    this.view = view;
    this.index = index;
    this.now = nanos(now);
  }

  /** The state with the changes so far. */
  public AllocView view() {
    return view;
  }

  public long index() {
    return index;
  }

  /** Unix nanoseconds. */
  public long now() {
    return now;
  }

  public boolean isEmpty() {
    return changes.isEmpty();
  }

  /** A job as it is from now on, and its version. */
  public void putVersion(Job job, String eventType) {
    var known = view.job(JobKey.of(job));
    var changed =
        job.toBuilder()
            .setCreateIndex(known.map(Job::getCreateIndex).orElse(index))
            .setModifyIndex(index)
            .setJobModifyIndex(index)
            .build();
    var stored = changed.toBuilder().setStatus(JobStatus.of(changed, view)).build();
    view = view.with(stored).withVersion(stored);
    touched.put(JobKey.of(stored), eventType);
    record(
        Change.put(Tables.JOBS, JobKey.of(stored).stored(), stored.toByteString())
            .shownAs(jobTag(stored, eventType, Optional.empty())));
    putVersionRow(stored);
  }

  private void putVersionRow(Job job) {
    record(
        Change.put(
            Tables.JOB_VERSIONS, JobKey.of(job).stored(job.getVersion()), job.toByteString()));
  }

  public void deleteJob(Job job, String eventType) {
    var change = Change.delete(Tables.JOBS, JobKey.of(job).stored());
    touched.remove(JobKey.of(job));
    record(
        eventType.isEmpty()
            ? change
            : change.shownAs(jobTag(job, eventType, Optional.of(job.toByteString()))));
    fold(change);
  }

  public void deleteVersion(JobKey key, long version) {
    delete(Tables.JOB_VERSIONS, key.stored(version));
  }

  /** An evaluation, new or changed. */
  public void put(Evaluation evaluation, String eventType) {
    var known = view.evaluation(evaluation.getId());
    var stored =
        evaluation.toBuilder()
            .setCreateIndex(known.map(Evaluation::getCreateIndex).orElse(index))
            .setCreateTime(known.map(Evaluation::getCreateTime).orElse(now))
            .setModifyIndex(index)
            .setModifyTime(now)
            .build();
    view = view.with(stored);
    touched.putIfAbsent(JobKey.of(stored), eventType);
    record(
        Change.put(Tables.EVALS, stored.getId(), stored.toByteString())
            .shownAs(
                new EventTag(
                    "Evaluation",
                    eventType,
                    stored.getId(),
                    stored.getNamespace(),
                    List.of(stored.getJobId(), stored.getDeploymentId()))));
  }

  public void deleteEvaluation(String id) {
    delete(Tables.EVALS, id);
  }

  /** An allocation that was told what to do: placed, changed or ended by the control plane. */
  public void putDesired(Allocation allocation, String eventType) {
    put(allocation.toBuilder().setAllocModifyIndex(index).build(), eventType);
  }

  /** An allocation whose node reported. */
  public void putReported(Allocation allocation, String eventType) {
    put(allocation, eventType);
  }

  private void put(Allocation allocation, String eventType) {
    var known = view.allocation(allocation.getId());
    var stored =
        allocation.toBuilder()
            .clearJob()
            .setCreateIndex(known.map(Allocation::getCreateIndex).orElse(index))
            .setCreateTime(known.map(Allocation::getCreateTime).orElse(now))
            .setModifyIndex(index)
            .setModifyTime(now)
            .build();
    view = view.with(stored);
    touched.put(JobKey.of(stored), eventType);
    record(
        Change.put(Tables.ALLOCS, stored.getId(), stored.toByteString())
            .shownAs(
                new EventTag(
                    "Allocation",
                    eventType,
                    stored.getId(),
                    stored.getNamespace(),
                    List.of(stored.getJobId(), stored.getDeploymentId()))));
  }

  public void deleteAllocation(String id) {
    delete(Tables.ALLOCS, id);
  }

  /** How far a follower of the log has come. */
  public void move(String follower, long position) {
    view = view.withPosition(follower, position);
    record(Change.put(Tables.POSITIONS, follower, UInt64Value.of(position).toByteString()));
  }

  private void delete(String table, String key) {
    var change = Change.delete(table, key);
    record(change);
    fold(change);
  }

  private void fold(Change change) {
    view = view.apply(new LoggedChange(index, 0, change));
  }

  private void record(Change change) {
    changes.put(new RowKey(change.table(), change.key()), change);
  }

  /** What the decision comes to: the changes with this answer, or the answer alone without any. */
  public <R> Outcome<R> outcome(R result) {
    touched.forEach(this::refreshStatus);
    return changes.isEmpty()
        ? new Outcome.Unchanged<>(result)
        : new Outcome.Commit<>(List.copyOf(changes.values()), result);
  }

  /**
   * A job whose status follows its allocations and evaluations. Its event is of the type that
   * theirs have, unless the job itself was changed.
   */
  private void refreshStatus(JobKey key, String eventType) {
    var job = view.job(key);
    if (job.isEmpty()) {
      return;
    }
    var status = JobStatus.of(job.get(), view);
    if (status.equals(job.get().getStatus())) {
      return;
    }
    var stored = job.get().toBuilder().setStatus(status).setModifyIndex(index).build();
    view = view.with(stored);
    var row = new RowKey(Tables.JOBS, key.stored());
    var before = changes.get(row);
    var change = Change.put(Tables.JOBS, key.stored(), stored.toByteString());
    record(
        before == null
            ? change.shownAs(jobTag(stored, eventType, Optional.empty()))
            : new Change(change.table(), change.key(), change.object(), before.event()));
  }

  private static EventTag jobTag(Job job, String type, Optional<ByteString> last) {
    return new EventTag("Job", type, job.getId(), job.getNamespace(), List.of(), last);
  }

  private static long nanos(Instant time) {
    return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
  }
}
