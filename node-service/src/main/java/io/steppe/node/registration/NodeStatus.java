package io.steppe.node.registration;

import io.steppe.proto.v1.Node;
import java.time.Instant;

/** What a node's status can be, as Nomad's clients spell it. */
public enum NodeStatus {
  INITIALIZING("initializing"),
  READY("ready"),
  DOWN("down"),
  DISCONNECTED("disconnected");

  private final String text;

  NodeStatus(String text) {
    this.text = text;
  }

  public String text() {
    return text;
  }

  public boolean isOf(Node node) {
    return node.getStatus().equals(text);
  }

  /**
   * Notes that an operator changed the node. The status of a disconnected node keeps its time, for
   * it runs out.
   */
  public static Node.Builder touched(Node.Builder node, Instant now) {
    return node.getStatus().equals(DISCONNECTED.text)
        ? node
        : node.setStatusUpdatedAt(now.getEpochSecond());
  }
}
