package io.steppe.json;

/**
 * Input that is no JSON, or whose values don't have the types that the message asks for. The text
 * is for the client that sent it (a 400), in the words that clients of this API know.
 */
public final class InvalidJsonException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  InvalidJsonException(Kind kind, String text) {
    super(text, null, false, false);
    this.kind = kind;
  }

  /** What is wrong with the input. */
  public Kind kind() {
    return kind;
  }

  /** What can be wrong with input. */
  public enum Kind {
    /** It is not JSON. */
    SYNTAX,
    /** A value has the wrong type, or doesn't fit into its type. */
    TYPE
  }
}
