package io.steppe.http.audit;

/** When an entry is written. */
enum Stage {
  /** Before a request is worked on. */
  RECEIVED("OperationReceived"),
  /** After its answer, or when its client went away. */
  COMPLETE("OperationComplete");

  private final String text;

  Stage(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }
}
