package io.steppe.node.drain;

/** What a node's latest drain has come to, as Nomad's clients spell it. */
enum DrainStatus {
  DRAINING("draining"),
  COMPLETE("complete"),
  CANCELED("canceled");

  private final String text;

  DrainStatus(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }
}
