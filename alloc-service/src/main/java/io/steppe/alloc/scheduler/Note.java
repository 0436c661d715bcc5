package io.steppe.alloc.scheduler;

import io.steppe.proto.v1.AllocState;
import io.steppe.proto.v1.Allocation;
import java.util.Optional;

/**
 * A mark on an allocation that stays as it is otherwise.
 *
 * @param allocationId which
 * @param clientStatus unknown where its node is away; empty to leave it
 * @param clientDescription goes with the client status
 * @param followUpEvaluationId the evaluation that will look at it again; empty to leave it
 * @param time Unix nanoseconds
 */
public record Note(
    String allocationId,
    Optional<String> clientStatus,
    String clientDescription,
    String followUpEvaluationId,
    long time) {

  /** The allocation as it is after this; indexes and modify time are the caller's. */
  public Allocation applyTo(Allocation allocation) {
    var changed = allocation.toBuilder();
    clientStatus.ifPresent(
        status ->
            changed
                .setClientStatus(status)
                .setClientDescription(clientDescription)
                .addAllocStates(
                    AllocState.newBuilder()
                        .setField("client_status")
                        .setValue(status)
                        .setTime(time)));
    if (!followUpEvaluationId.isEmpty()) {
      changed.setFollowupEvalId(followUpEvaluationId);
    }
    return changed.build();
  }
}
