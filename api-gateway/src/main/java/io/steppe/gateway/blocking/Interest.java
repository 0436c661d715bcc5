package io.steppe.gateway.blocking;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a blocked request waits for: a change in a table, or of one of its rows.
 *
 * @param table name of the table in the log
 * @param key of the row; empty for any
 */
public record Interest(String table, String key) {
  private static final String NODES = "nodes";
  private static final String NODE_POOLS = "node_pools";
  private static final String JOBS = "jobs";
  private static final String JOB_VERSIONS = "job_versions";
  private static final String EVALS = "evals";
  private static final String ALLOCS = "allocs";
  private static final String DEPLOYMENTS = "deployments";

  /** Any node. */
  public static Set<Interest> nodes() {
    return any(NODES);
  }

  /** One node. */
  public static Set<Interest> node(String id) {
    return Set.of(new Interest(NODES, id));
  }

  /** Any node pool. */
  public static Set<Interest> nodePools() {
    return any(NODE_POOLS);
  }

  /** One node pool. */
  public static Set<Interest> nodePool(String name) {
    return Set.of(new Interest(NODE_POOLS, name));
  }

  /** Any job: with its summary, which follows allocations and evaluations. */
  public static Set<Interest> jobs() {
    return any(JOBS, ALLOCS, EVALS);
  }

  /** One job itself; its status follows its allocations and evaluations. */
  public static Set<Interest> job(String namespace, String id) {
    return Set.of(
        new Interest(JOBS, namespace + "/" + id),
        new Interest(ALLOCS, ""),
        new Interest(EVALS, ""));
  }

  /** Versions of jobs. */
  public static Set<Interest> jobVersions() {
    return any(JOBS, JOB_VERSIONS);
  }

  /** Any evaluation. */
  public static Set<Interest> evaluations() {
    return any(EVALS);
  }

  /** One evaluation. */
  public static Set<Interest> evaluation(String id) {
    return Set.of(new Interest(EVALS, id));
  }

  /** Any allocation. */
  public static Set<Interest> allocations() {
    return any(ALLOCS);
  }

  /** One allocation. */
  public static Set<Interest> allocation(String id) {
    return Set.of(new Interest(ALLOCS, id));
  }

  /** Any deployment. */
  public static Set<Interest> deployments() {
    return any(DEPLOYMENTS);
  }

  /** Namespaces. */
  public static Set<Interest> namespaces() {
    return any("namespaces");
  }

  private static Set<Interest> any(String... tables) {
    return Stream.of(tables)
        .map(table -> new Interest(table, ""))
        .collect(Collectors.toUnmodifiableSet());
  }
}
