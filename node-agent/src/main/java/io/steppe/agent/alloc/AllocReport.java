package io.steppe.agent.alloc;

import io.steppe.proto.v1.AllocNetworkStatus;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.TaskState;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the control plane is told of an allocation. */
final class AllocReport {
  private AllocReport() {}

  static Allocation of(Allocation allocation, AllocModel model) {
    Map<String, TaskState> states = new LinkedHashMap<>();
    model.tasks().forEach((name, task) -> states.put(name, task.state()));
    ClientStatus status = ClientStatus.of(states.values());
    Allocation.Builder report =
        Allocation.newBuilder()
            .setId(allocation.getId())
            .setNamespace(allocation.getNamespace())
            .setJobId(allocation.getJobId())
            .setNodeId(allocation.getNodeId())
            .setClientStatus(status.status())
            .setClientDescription(status.description())
            .putAllTaskStates(states)
            .setNetworkStatus(AllocNetworkStatus.getDefaultInstance());
    model.health().status().ifPresent(report::setDeploymentStatus);
    return report.build();
  }

  /** Whether two reports differ in nothing that somebody may wait for. */
  static boolean sameStates(Allocation one, Allocation other) {
    return one.getClientStatus().equals(other.getClientStatus())
        && one.getDeploymentStatus().equals(other.getDeploymentStatus())
        && states(one).equals(states(other));
  }

  private static Map<String, String> states(Allocation report) {
    Map<String, String> states = new HashMap<>();
    report.getTaskStatesMap().forEach((name, state) -> states.put(name, state.getState()));
    return states;
  }
}
