package io.steppe.ledger;

import java.util.Set;

/** Names of the tables in the log, with the schema that owns them and the key of their rows. */
public final class Tables {
  /** Owner: node. Key: node id. */
  public static final String NODES = "nodes";

  /** Owner: node. Key: pool name. */
  public static final String NODE_POOLS = "node_pools";

  /** Owner: alloc. Key: namespace/job id. */
  public static final String JOBS = "jobs";

  /** Owner: alloc. Key: namespace/job id#version. */
  public static final String JOB_VERSIONS = "job_versions";

  /** Owner: alloc. Key: evaluation id. */
  public static final String EVALS = "evals";

  /** Owner: alloc. Key: allocation id. */
  public static final String ALLOCS = "allocs";

  /** Owner: alloc. Key: deployment id. */
  public static final String DEPLOYMENTS = "deployments";

  /** Owner: alloc. Key: the follower's name; how far something that follows the log has come. */
  public static final String POSITIONS = "positions";

  /** All of them. */
  public static final Set<String> ALL =
      Set.of(NODES, NODE_POOLS, JOBS, JOB_VERSIONS, EVALS, ALLOCS, DEPLOYMENTS, POSITIONS);

  private Tables() {}
}
