package io.steppe.agent.alloc;

import io.steppe.proto.v1.Allocation;

/** Takes what is to be told to the control plane about allocations: the newest of each counts. */
@FunctionalInterface
public interface Reports {
  /**
   * @param report id, client status and description, task states, deployment and network status
   * @param urgent whether a state changed, so that it should not wait for others
   */
  void changed(Allocation report, boolean urgent);

  /** Whether the control plane has all that was told of an allocation. */
  default boolean told(String id) {
    return true;
  }
}
