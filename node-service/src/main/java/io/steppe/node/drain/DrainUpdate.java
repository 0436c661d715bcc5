package io.steppe.node.drain;

import io.steppe.ledger.Change;
import io.steppe.node.registration.NodeChange;
import io.steppe.node.registration.NodeEdit;
import io.steppe.node.registration.NodeEvents;
import io.steppe.node.registration.NodeEvents.Subsystem;
import io.steppe.node.registration.NodeStatus;
import io.steppe.node.registration.Registration;
import io.steppe.node.registration.Times;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.DrainMetadata;
import io.steppe.proto.v1.DrainSpec;
import io.steppe.proto.v1.DrainStrategy;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.UpdateDrainRequest;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A drain begins, goes on under other terms, or is called off.
 *
 * @param spec the terms; empty calls it off
 * @param markEligible once it is called off, or where there is none: the node is eligible again
 * @param meta what the operator notes; empty leaves what was noted
 * @param accessorId who it is that asks
 */
public record DrainUpdate(
    Optional<DrainSpec> spec, boolean markEligible, Map<String, String> meta, String accessorId)
    implements NodeEdit {
  private static final int MAX_META_BYTES = 64 << 10;

  /** As Nomad names whoever asks while nobody needs a token. */
  private static final String WITHOUT_ACL = "token:acls-disabled";

  /**
   * As an operator asks for it.
   *
   * @throws Failure INVALID for more metadata than a node carries
   */
  public static DrainUpdate of(UpdateDrainRequest request, String accessorId) {
    DrainMetadata noted = DrainMetadata.newBuilder().putAllMeta(request.getMetaMap()).build();
    if (noted.getSerializedSize() > MAX_META_BYTES) {
      throw Failure.invalid("drain metadata is larger than " + MAX_META_BYTES + " bytes");
    }
    return new DrainUpdate(
        request.hasSpec() ? Optional.of(request.getSpec()) : Optional.empty(),
        request.getMarkEligible(),
        request.getMetaMap(),
        accessorId.equals(Callers.ANONYMOUS) ? WITHOUT_ACL : accessorId);
  }

  @Override
  public Optional<Change> of(NodeView view, Node node, long index, Instant now) {
    return spec.map(wanted -> drained(node, wanted, index, now))
        .or(() -> calledOff(node, index, now));
  }

  private Change drained(Node node, DrainSpec wanted, long index, Instant now) {
    boolean already = node.hasDrainStrategy();
    DrainStrategy strategy =
        DrainStrategy.newBuilder()
            .setDeadline(wanted.getDeadline())
            .setIgnoreSystemJobs(wanted.getIgnoreSystemJobs())
            .setForceDeadline(forceDeadline(wanted, now))
            .setStartedAt(already ? node.getDrainStrategy().getStartedAt() : Times.nanos(now))
            .build();
    Node.Builder changed =
        NodeStatus.touched(node.toBuilder(), now)
            .setDrainStrategy(strategy)
            .setDrain(true)
            .setSchedulingEligibility(Registration.INELIGIBLE)
            .setLastDrain(noted(node, DrainStatus.DRAINING, now));
    String message = already ? NodeEvents.DRAIN_UPDATED : NodeEvents.DRAIN_SET;
    return NodeChange.DRAIN.put(event(changed, message, index, now), index);
  }

  private Optional<Change> calledOff(Node node, long index, Instant now) {
    boolean draining = node.hasDrainStrategy();
    boolean becomesEligible =
        markEligible && !node.getSchedulingEligibility().equals(Registration.ELIGIBLE);
    if (!draining && !becomesEligible) {
      return Optional.empty();
    }
    Node.Builder changed =
        NodeStatus.touched(node.toBuilder(), now).clearDrainStrategy().clearDrain();
    if (markEligible) {
      changed.setSchedulingEligibility(Registration.ELIGIBLE);
    }
    if (draining) {
      changed.setLastDrain(noted(node, DrainStatus.CANCELED, now));
      event(changed, NodeEvents.DRAIN_DISABLED, index, now);
    } else {
      NodeEvents.add(changed, NodeEvents.ELIGIBLE, index, now);
    }
    return Optional.of(NodeChange.DRAIN.put(changed, index));
  }

  /** What the node keeps of its latest drain; one that is under way began when it did. */
  private DrainMetadata noted(Node node, DrainStatus status, Instant now) {
    boolean underWay = node.hasDrainStrategy() && node.hasLastDrain();
    DrainMetadata.Builder noted =
        underWay
            ? node.getLastDrain().toBuilder()
            : DrainMetadata.newBuilder().setStartedAt(Times.wholeSeconds(now));
    if (!meta.isEmpty()) {
      noted.clearMeta().putAllMeta(meta);
    }
    return noted
        .setUpdatedAt(Times.wholeSeconds(now))
        .setStatus(status.text())
        .setAccessorId(accessorId)
        .build();
  }

  /** Nanoseconds since 1970; 0 for a drain without a deadline, and for a forced one. */
  private static long forceDeadline(DrainSpec wanted, Instant now) {
    if (wanted.getDeadline() <= 0) {
      return 0;
    }
    long begin = Times.nanos(now);
    return wanted.getDeadline() > Long.MAX_VALUE - begin
        ? Long.MAX_VALUE
        : begin + wanted.getDeadline();
  }

  private static Node.Builder event(Node.Builder node, String message, long index, Instant now) {
    return NodeEvents.add(node, Subsystem.DRAIN, message, Map.of(), index, now);
  }
}
