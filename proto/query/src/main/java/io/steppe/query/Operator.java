package io.steppe.query;

/** What is asked of a selected value. */
enum Operator {
  EQUAL("==", true, false),
  NOT_EQUAL("!=", true, true),
  CONTAINS("contains", true, false),
  NOT_CONTAINS("not contains", true, true),
  MATCHES("matches", true, false),
  NOT_MATCHES("not matches", true, true),
  EMPTY("is empty", false, false),
  NOT_EMPTY("is not empty", false, true),
  NIL("is nil", false, false),
  NOT_NIL("is not nil", false, true);

  private final String text;
  private final boolean takesLiteral;
  private final boolean negated;

  Operator(String text, boolean takesLiteral, boolean negated) {
    this.text = text;
    this.takesLiteral = takesLiteral;
    this.negated = negated;
  }

  /** As it is written. */
  String text() {
    return text;
  }

  boolean takesLiteral() {
    return takesLiteral;
  }

  /** Whether it holds where its opposite does not. */
  boolean negated() {
    return negated;
  }
}
