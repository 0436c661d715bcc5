package io.steppe.gateway.job;

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

  static JobPath of(String path) {
    for (String part : PARTS) {
      if (path.endsWith("/" + part)) {
        return new JobPath(path.substring(0, path.length() - part.length() - 1), part);
      }
    }
    return new JobPath(path, "");
  }
}
