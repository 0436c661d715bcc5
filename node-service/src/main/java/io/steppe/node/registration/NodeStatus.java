package io.steppe.node.registration;

import io.steppe.proto.v1.Node;

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
}
