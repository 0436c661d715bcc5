package io.steppe.alloc.evaluation;

import java.time.Duration;

/**
 * How evaluations are worked on.
 *
 * @param threads evaluations decided at a time
 * @param serviceAttempts plans made for an evaluation of a service or system job before it is given
 *     up
 * @param batchAttempts the same for batch jobs
 * @param attemptsDelay until an evaluation given up for conflicts is followed by another
 * @param errorDelay until an evaluation the scheduler failed on is followed by another
 * @param stopWithin how long a stop waits for the evaluations under way
 */
public record WorkerSettings(
    int threads,
    int serviceAttempts,
    int batchAttempts,
    Duration attemptsDelay,
    Duration errorDelay,
    Duration stopWithin) {

  /** What production runs with. */
  public static WorkerSettings defaults() {
    return new WorkerSettings(
        8, 5, 5, Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(5));
  }

  int maxAttempts(String jobType) {
    return switch (jobType) {
      case "batch", "sysbatch" -> batchAttempts;
      default -> serviceAttempts;
    };
  }
}
