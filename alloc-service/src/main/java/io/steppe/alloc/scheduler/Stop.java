package io.steppe.alloc.scheduler;

import io.steppe.proto.v1.Allocation;
import java.util.Optional;

/**
 * An allocation that is to end.
 *
 * @param allocationId which
 * @param nodeId where it is
 * @param desiredStatus stop or evict
 * @param description why, in Nomad's words
 * @param clientStatus lost or unknown where the node can't say what became of it; empty otherwise
 * @param followUpEvaluationId the evaluation that will replace it later, or empty
 */
public record Stop(
    String allocationId,
    String nodeId,
    String desiredStatus,
    String description,
    Optional<String> clientStatus,
    String followUpEvaluationId) {

  /** The allocation as it is after this; indexes and modify time are the caller's. */
  public Allocation applyTo(Allocation allocation) {
    var changed =
        allocation.toBuilder().setDesiredStatus(desiredStatus).setDesiredDescription(description);
    clientStatus.ifPresent(changed::setClientStatus);
    if (!followUpEvaluationId.isEmpty()) {
      changed.setFollowupEvalId(followUpEvaluationId);
    }
    return changed.build();
  }
}
