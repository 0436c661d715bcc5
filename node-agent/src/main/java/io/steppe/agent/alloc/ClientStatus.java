package io.steppe.agent.alloc;

import io.steppe.proto.v1.TaskState;
import java.util.Collection;

/** What an allocation's client status is, given the states of its tasks. */
enum ClientStatus {
  PENDING("pending", "No tasks have started"),
  RUNNING("running", "Tasks are running"),
  COMPLETE("complete", "All tasks have completed"),
  FAILED("failed", "Failed tasks");

  private final String status;
  private final String description;

  ClientStatus(String status, String description) {
    this.status = status;
    this.description = description;
  }

  String status() {
    return status;
  }

  String description() {
    return description;
  }

  static ClientStatus of(Collection<TaskState> states) {
    if (states.stream().anyMatch(state -> state.getState().equals("dead") && state.getFailed())) {
      return FAILED;
    }
    if (states.stream().anyMatch(state -> state.getState().equals("running"))) {
      return RUNNING;
    }
    boolean pending = states.stream().anyMatch(state -> state.getState().equals("pending"));
    return pending ? PENDING : COMPLETE;
  }
}
