package io.steppe.clientapi;

import io.steppe.http.failure.Refusal;
import io.steppe.rpc.v1.Caller;

/** Which node a request is for. */
public interface Whereabouts {
  /** Where an allocation is: a node, and a namespace. */
  record Place(String nodeId, String namespace) {}

  /**
   * Where an allocation is.
   *
   * @throws Refusal 404 for an allocation that nobody knows
   */
  Place ofAllocation(Caller caller, String allocationId);

  /**
   * The node whose id is given; where none is, the one that is asked.
   *
   * @param nodeId as the client gave it; empty for none
   * @throws Refusal when no node is meant by it, 500 for text that is no id
   */
  String ofNode(Caller caller, String nodeId);

  /** Whether there is such a node, as far as can be told. */
  boolean isKnown(Caller caller, String nodeId);
}
