package io.steppe.alloc.scheduler;

import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Decides evaluations: a pure function of what it is given. */
public final class Scheduler {
  private Scheduler() {}

  /**
   * Decides an evaluation.
   *
   * @param job the job as it is now; absent when it was purged
   * @param random where ids, ports and the order of nodes come from; equal seeds give equal plans
   */
  public static Plan schedule(
      ClusterSnapshot snapshot, Optional<Job> job, Evaluation evaluation, InstantSource clock, RandomGenerator random) {
    return new Plan(
        evaluation.getId(),
        snapshot.index(),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        Map.of(),
        Map.of(),
        List.of(),
        Optional.empty(),
        Map.of(),
        false);
  }
}
