package io.steppe.node.registration;

import io.steppe.ledger.Change;
import io.steppe.ledger.EventTag;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.Node;
import java.util.List;
import java.util.Optional;

/** A changed node as the log takes it, with the event it shows as. */
public enum NodeChange {
  REGISTRATION("NodeRegistration"),
  STATUS("NodeStreamEvent"),
  ELIGIBILITY("NodeEligibility"),
  DRAIN("NodeDrain"),
  DEREGISTRATION("NodeDeregistration");

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

  /** Forgets the node; the event shows it as it last was. */
  public static Change delete(Node node) {
    Node last = node.toBuilder().clearSecretHash().build();
    return Change.delete(Tables.NODES, node.getId())
        .shownAs(
            new EventTag(
                TOPIC,
                DEREGISTRATION.type,
                node.getId(),
                "",
                List.of(),
                Optional.of(last.toByteString())));
  }
}
