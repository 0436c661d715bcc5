package io.steppe.acl;

import java.util.Set;

/**
 * What a caller has to have for a request, as the reference tells it in "ACL Required" of each
 * endpoint.
 */
public sealed interface Right {
  /** Nothing: everybody may. */
  record None() implements Right {}

  /** A token, whatever it may do. */
  record AnyToken() implements Right {}

  /** A management token. */
  record Management() implements Right {}

  /** The policy's rule for nodes. */
  record Node(Access access) implements Right {}

  /** The policy's rule for agents. */
  record Agent(Access access) implements Right {}

  /** The policy's rule for operators. */
  record Operator(Access access) implements Right {}

  /** The policy's rule for quotas. */
  record Quota(Access access) implements Right {}

  /** The policy's rule for plugins. */
  record Plugin(Access access) implements Right {}

  /**
   * One of these capabilities in the namespace that is asked about; none named: any there, so that
   * it is known to exist.
   */
  record Namespace(Set<String> anyOf) implements Right {}

  /** One of these capabilities for the node pool that is asked about. */
  record NodePool(Set<String> anyOf) implements Right {}

  /** One of these capabilities for the host volume that is asked about. */
  record HostVolume(Set<String> anyOf) implements Right {}

  /** It depends on what is asked for; the endpoint looks, and says how in its documentation. */
  record Depends(String how) implements Right {}

  /** One of these capabilities in a namespace. */
  static Right namespace(String... anyOf) {
    return new Namespace(Set.of(anyOf));
  }
}
