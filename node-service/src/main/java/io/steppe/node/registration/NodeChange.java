package io.steppe.node.registration;

import io.steppe.ledger.Change;
import io.steppe.ledger.EventTag;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.Node;
import java.util.List;

/** A changed node as the log takes it, with the event it shows as. */
public enum NodeChange {
  REGISTRATION("NodeRegistration"),
  STATUS("NodeStreamEvent"),
  ELIGIBILITY("NodeEligibility"),
  DRAIN("NodeDrain");

  private static final String TOPIC = "Node";

  private final String type;

  NodeChange(String type) {
    this.type = type;
  }

  /** Stores the node, changed at an index. */
  public Change put(Node.Builder node, long index) {
    Node stored = node.setModifyIndex(index).build();
    return Change.put(Tables.NODES, stored.getId(), stored.toByteString())
        .shownAs(new EventTag(TOPIC, type, stored.getId(), "", List.of()));
  }
}
