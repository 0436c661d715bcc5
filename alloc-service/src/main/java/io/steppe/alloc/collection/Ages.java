package io.steppe.alloc.collection;

import java.time.Duration;

/**
 * How long what is over is kept.
 *
 * @param evaluation ended evaluations and the allocations they made
 * @param batchEvaluation the same for batch jobs
 * @param job dead jobs
 */
public record Ages(Duration evaluation, Duration batchEvaluation, Duration job) {
  /** What is over goes at once. */
  static final Ages NONE = new Ages(Duration.ZERO, Duration.ZERO, Duration.ZERO);

  Duration ofEvaluation(String jobType) {
    return switch (jobType) {
      case "batch", "sysbatch" -> batchEvaluation;
      default -> evaluation;
    };
  }
}
