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
  Duration ofEvaluation(String jobType) {
    return switch (jobType) {
      case "batch", "sysbatch" -> batchEvaluation;
      default -> evaluation;
    };
  }
}
