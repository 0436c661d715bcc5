package io.steppe.query;

import io.steppe.rpc.Failure;

/**
 * A filter expression that can't be parsed, or asks of an object what it can't answer. The text is
 * for the client that wrote it, in the words that clients of this API know.
 */
public final class InvalidFilterException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  private InvalidFilterException(Kind kind, String text) {
    super(text, null, false, false);
    this.kind = kind;
  }

  static InvalidFilterException syntax(String text) {
    return new InvalidFilterException(Kind.SYNTAX, text);
  }

  static InvalidFilterException evaluation(String text) {
    return new InvalidFilterException(Kind.EVALUATION, text);
  }

  /** What is wrong with the expression. */
  public Kind kind() {
    return kind;
  }

  /** The failure of a list that was asked for with the expression: INVALID, in Nomad's words. */
  public Failure asFailure() {
    return Failure.invalid(
        switch (kind) {
          case SYNTAX ->
              "failed to create result paginator: failed to read filter expression: "
                  + getMessage();
          case EVALUATION -> "failed to read result page: " + getMessage();
        });
  }

  /** What can be wrong with an expression. */
  public enum Kind {
    /** It doesn't parse. */
    SYNTAX,
    /** It names what an object doesn't have, or compares what can't be compared. */
    EVALUATION
  }
}
