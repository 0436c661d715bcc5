package io.steppe.alloc.job;

import io.steppe.alloc.evaluation.Evaluations;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Edit;
import io.steppe.alloc.view.JobKey;
import io.steppe.alloc.view.JobStatus;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import io.steppe.rpc.ErrorList;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.RegisterJobReply;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Registers a job: a new version when what it asks for changed, and an evaluation in the same
 * commit. Jobs that others are made from get none.
 *
 * @param job canonical and valid
 * @param enforcedIndex job modify index the caller saw, 0 for "there is none"; empty for no check
 * @param evaluationPriority 0 for the job's
 * @param kept what the registered job keeps of its own
 * @param warnings passed on in the answer
 */
record RegisterJob(
    Job job,
    Optional<Long> enforcedIndex,
    long evaluationPriority,
    Kept kept,
    String evaluationId,
    String warnings)
    implements Decision<AllocView, RegisterJobReply> {
  private static final String REGISTERED = "JobRegistered";

  @Override
  public Outcome<RegisterJobReply> decide(AllocView view, long index, Instant now) {
    var key = JobKey.of(job);
    if (!view.hasPool(job.getNodePool())) {
      return new Outcome.Refused<>(Failure.invalid(noSuchPool(job)));
    }
    var existing = view.job(key);
    var conflict = enforcedIndex.flatMap(wanted -> conflict(wanted, existing));
    if (conflict.isPresent()) {
      return new Outcome.Refused<>(conflict.get());
    }
    var edit = new Edit(view, index, now);
    var wanted = existing.map(present -> Respelled.of(present, kept.of(present, job))).orElse(job);
    boolean changed = existing.isEmpty() || specChanged(existing.get(), wanted);
    if (changed) {
      edit.putVersion(nextVersion(wanted, view, existing), REGISTERED);
      JobVersions.trim(edit, key);
    }
    var registered = edit.view().job(key).orElseThrow();
    var reply =
        RegisterJobReply.newBuilder()
            .setJobModifyIndex(registered.getJobModifyIndex())
            .setWarnings(warnings)
            .setIndex(index);
    if (!JobStatus.makesOthers(registered)) {
      edit.put(evaluation(registered), changed ? REGISTERED : Evaluations.UPDATED);
      reply.setEvalId(evaluationId).setEvalCreateIndex(index);
    }
    return edit.outcome(reply.build());
  }

  /** Of a job that names a node pool nobody made. */
  static String noSuchPool(Job job) {
    return ErrorList.text(
        List.of(
            "job \"%s\" is in nonexistent node pool \"%s\""
                .formatted(job.getId(), job.getNodePool())));
  }

  private Evaluation evaluation(Job registered) {
    var evaluation = Evaluations.of(evaluationId, registered, Evaluations.JOB_REGISTER);
    return evaluationPriority == 0
        ? evaluation
        : evaluation.toBuilder().setPriority(evaluationPriority).build();
  }

  private static Optional<Failure> conflict(long wanted, Optional<Job> existing) {
    var prefix = "Enforcing job modify index " + wanted + ": ";
    if (existing.isEmpty()) {
      return wanted == 0
          ? Optional.empty()
          : Optional.of(Failure.conflict(prefix + "job does not exist"));
    }
    if (wanted == 0) {
      return Optional.of(Failure.conflict(prefix + "job already exists"));
    }
    long present = existing.get().getJobModifyIndex();
    return present == wanted
        ? Optional.empty()
        : Optional.of(
            Failure.conflict(prefix + "job exists with conflicting job modify index: " + present));
  }

  private static Job nextVersion(Job wanted, AllocView view, Optional<Job> existing) {
    var next =
        wanted.toBuilder().clearStatus().clearStatusDescription().clearStable().clearVersionTag();
    if (existing.isPresent()) {
      return next.setVersion(existing.get().getVersion() + 1)
          .setStatus(existing.get().getStatus())
          .build();
    }
    // Versions of a purged job that allocations still refer to must not be written over.
    long free =
        view.versions(JobKey.of(wanted)).keySet().stream()
            .mapToLong(version -> version + 1)
            .max()
            .orElse(0);
    return next.setVersion(free).build();
  }

  /** Whether a registration asks for something else than what is registered. */
  static boolean specChanged(Job existing, Job wanted) {
    return !specOf(existing).equals(specOf(wanted));
  }

  private static Job specOf(Job job) {
    return job.toBuilder()
        .setStop(job.getStop())
        .clearStatus()
        .clearStatusDescription()
        .clearStable()
        .clearVersion()
        .clearSubmitTime()
        .clearCreateIndex()
        .clearModifyIndex()
        .clearJobModifyIndex()
        .clearNomadTokenId()
        .clearVersionTag()
        .build();
  }
}
