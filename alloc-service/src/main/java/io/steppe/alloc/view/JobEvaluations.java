package io.steppe.alloc.view;

import io.steppe.proto.v1.Evaluation;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.pcollections.HashTreePMap;
import org.pcollections.HashTreePSet;
import org.pcollections.PMap;
import org.pcollections.PSet;

/**
 * The evaluations of a job, kept so that a change costs the same whether the job was evaluated once
 * or a hundred thousand times.
 *
 * @param ids of all of them
 * @param open by id, those that still wait for something
 * @param counted the newest that tells how many allocations it left to place
 */
public record JobEvaluations(
    PSet<String> ids, PMap<String, Evaluation> open, Optional<Evaluation> counted) {
  /** Of a job that was never evaluated. */
  public static final JobEvaluations NONE =
      new JobEvaluations(HashTreePSet.empty(), HashTreePMap.empty(), Optional.empty());

  private static final Comparator<Evaluation> BY_AGE =
      Comparator.comparingLong(Evaluation::getModifyIndex).thenComparing(Evaluation::getId);

  boolean isEmpty() {
    return ids.isEmpty();
  }

  /**
   * With one that is new, or was changed.
   *
   * @param others looks up all but this
   */
  JobEvaluations plus(Evaluation evaluation, Supplier<Stream<Evaluation>> others) {
    var id = evaluation.getId();
    boolean counts = evaluation.getQueuedAllocationsCount() > 0;
    return new JobEvaluations(
        ids.plus(id),
        isOpen(evaluation.getStatus()) ? open.plus(id, evaluation) : open.minus(id),
        isCounted(id) && !counts
            ? newest(others.get())
            : newest(Stream.concat(counted.stream(), Stream.of(evaluation))));
  }

  /**
   * Without one.
   *
   * @param others looks up all but this
   */
  JobEvaluations minus(String id, Supplier<Stream<Evaluation>> others) {
    return new JobEvaluations(
        ids.minus(id), open.minus(id), isCounted(id) ? newest(others.get()) : counted);
  }

  /** A status of a newer replica is none of ours to wait for. */
  private static boolean isOpen(String status) {
    return status.equals("pending") || status.equals("blocked");
  }

  private boolean isCounted(String id) {
    return counted.filter(one -> one.getId().equals(id)).isPresent();
  }

  private static Optional<Evaluation> newest(Stream<Evaluation> evaluations) {
    return evaluations.filter(one -> one.getQueuedAllocationsCount() > 0).max(BY_AGE);
  }
}
