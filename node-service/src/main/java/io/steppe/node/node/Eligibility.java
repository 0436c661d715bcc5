package io.steppe.node.node;

import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.node.registration.NodeChange;
import io.steppe.node.registration.NodeEvents;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.SetEligibilityReply;
import java.util.List;

/** Whether the scheduler may place allocations on a node, as an operator wants it. */
public enum Eligibility {
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

  /** Sets it; index 0 when it was so already. A draining node can't be eligible. */
  Decision<NodeView, SetEligibilityReply> set(String nodeId) {
    return (view, index, now) -> {
      Node node;
      try {
        node = NodeLookup.byId(view.nodes(), nodeId);
      } catch (Failure failure) {
        return new Outcome.Refused<>(failure);
      }
      if (this == ELIGIBLE && node.hasDrainStrategy()) {
        return new Outcome.Refused<>(
            Failure.conflict(
                "can not set node's scheduling eligibility to eligible while it is draining"));
      }
      if (node.getSchedulingEligibility().equals(text)) {
        return new Outcome.Unchanged<>(SetEligibilityReply.getDefaultInstance());
      }
      Node.Builder changed =
          NodeEvents.add(node.toBuilder().setSchedulingEligibility(text), event, index, now);
      return new Outcome.Commit<>(
          List.of(NodeChange.ELIGIBILITY.put(changed, index)),
          SetEligibilityReply.newBuilder().setIndex(index).build());
    };
  }
}
