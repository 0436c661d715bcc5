package io.steppe.node.node;

import io.steppe.ledger.Change;
import io.steppe.node.registration.NodeChange;
import io.steppe.node.registration.NodeEdit;
import io.steppe.node.registration.NodeEvents;
import io.steppe.node.registration.NodeStatus;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.Failure;
import java.time.Instant;
import java.util.Optional;

/** Whether the scheduler may place allocations on a node, as an operator wants it. */
public enum Eligibility implements NodeEdit {
  ELIGIBLE("eligible", NodeEvents.ELIGIBLE),
  INELIGIBLE("ineligible", NodeEvents.INELIGIBLE);

  private final String text;
  private final String event;

  Eligibility(String text, String event) {
    this.text = text;
    this.event = event;
  }

  public String text() {
    return text;
  }

  /**
   * The eligibility of that name.
   *
   * @throws Failure INVALID for any other
   */
  static Eligibility of(String text) {
    for (Eligibility one : values()) {
      if (one.text.equals(text)) {
        return one;
      }
    }
    throw Failure.invalid("invalid scheduling eligibility \"" + text + "\"");
  }

  /** A draining node can't be eligible. */
  @Override
  public Optional<Change> of(NodeView view, Node node, long index, Instant now) {
    if (this == ELIGIBLE && node.hasDrainStrategy()) {
      throw Failure.conflict(
          "can not set node's scheduling eligibility to eligible while it is draining");
    }
    if (node.getSchedulingEligibility().equals(text)) {
      return Optional.empty();
    }
    Node.Builder changed = NodeStatus.touched(node.toBuilder().setSchedulingEligibility(text), now);
    return Optional.of(
        NodeChange.ELIGIBILITY.put(NodeEvents.add(changed, event, index, now), index));
  }
}
