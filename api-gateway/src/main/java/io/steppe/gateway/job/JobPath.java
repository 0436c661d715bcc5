package io.steppe.gateway.job;

import io.steppe.http.failure.Refusal;
import java.util.List;

/**
 * What a path under {@code /v1/job/} names: an id, which may hold slashes, and what of the job,
 * told by the path's end.
 *
 * @param jobId the job
 * @param part what of it; empty for the job itself
 */
record JobPath(String jobId, String part) {
  private static final List<String> PARTS =
      List.of(
          "allocations",
          "evaluations",
          "summary",
          "versions",
          "deployments",
          "deployment",
          "evaluate");

  /** What Nomad has beside them: no end of a job's id either, though nothing answers to it. */
  private static final List<String> UNSERVED =
      List.of(
          "plan",
          "revert",
          "stable",
          "scale",
          "dispatch",
          "periodic/force",
          "services",
          "submission",
          "actions",
          "action");

  /**
   * Reads what follows {@code /v1/job/}.
   *
   * @throws Refusal for a part of jobs that is not served
   */
  static JobPath of(String path) {
    for (String part : UNSERVED) {
      if (path.endsWith("/" + part)) {
        throw new Refusal(404, "this version of Steppe does not serve a job's " + part);
      }
    }
    for (String part : PARTS) {
      if (path.endsWith("/" + part)) {
        return new JobPath(path.substring(0, path.length() - part.length() - 1), part);
      }
    }
    return new JobPath(path, "");
  }
}
