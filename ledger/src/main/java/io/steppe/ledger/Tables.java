package io.steppe.ledger;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

  /** Owner: alloc. Key: the setting's name; what operators set for the region. */
  public static final String SETTINGS = "settings";

  /** Owner: alloc. Key: key id; what identities are signed with. */
  public static final String ROOT_KEYS = "root_keys";

  /** Owner: node. Key: id of a token that introduced a node, until it ends by itself. */
  public static final String INTRODUCTIONS = "introductions";

  /** Owner: acl. Key: policy name. */
  public static final String ACL_POLICIES = "acl_policies";

  /** Owner: acl. Key: accessor id. */
  public static final String ACL_TOKENS = "acl_tokens";

  /** Owner: acl. Key: accessor id of the token that is given. */
  public static final String ACL_ONE_TIME_TOKENS = "acl_one_time_tokens";

  /** Owner: acl. Key: role id. */
  public static final String ACL_ROLES = "acl_roles";

  /** Owner: acl. Key: name of the method. */
  public static final String ACL_AUTH_METHODS = "acl_auth_methods";

  /** Owner: acl. Key: rule id. */
  public static final String ACL_BINDING_RULES = "acl_binding_rules";

  /** Owner: acl. One row, once there was a first management token. */
  public static final String ACL_BOOTSTRAP = "acl_bootstrap";

  /** Who may do what. */
  public static final Set<String> ACL =
      Set.of(
          ACL_POLICIES,
          ACL_TOKENS,
          ACL_ONE_TIME_TOKENS,
          ACL_ROLES,
          ACL_AUTH_METHODS,
          ACL_BINDING_RULES,
          ACL_BOOTSTRAP);

  /** All of them. */
  public static final Set<String> ALL =
      Stream.concat(
              Stream.of(
                  NODES,
                  NODE_POOLS,
                  JOBS,
                  JOB_VERSIONS,
                  EVALS,
                  ALLOCS,
                  DEPLOYMENTS,
                  POSITIONS,
                  SETTINGS,
                  ROOT_KEYS,
                  INTRODUCTIONS),
              ACL.stream())
          .collect(Collectors.toUnmodifiableSet());

  private Tables() {}
}
