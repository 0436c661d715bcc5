package io.steppe.http.failure;

/** The end of a request with a status and a text that its client is told. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String token;

  /**
   * A refusal.
   *
   * @param status of the HTTP answer
   * @param text its body
   */
  public Refusal(int status, String text) {
    this(status, text, "");
  }

  private Refusal(int status, String text, String token) {
    super(text, null, false, false);
    this.status = status;
    this.token = token;
  }

  /** A request that can't be understood. */
  public static Refusal badRequest(String text) {
    return new Refusal(400, text);
  }

  /** A resource that this API has, asked in a way it has not. */
  public static Refusal invalidMethod() {
    return new Refusal(405, "Invalid method");
  }

  /** Something that the caller has no right to. */
  public static Refusal denied() {
    return new Refusal(403, "Permission denied");
  }

  /**
   * What can be no token.
   *
   * @param problem why
   */
  public static Refusal malformedToken(String problem) {
    return new Refusal(403, "Permission denied", problem);
  }

  /** Whether it is of what can be no token. */
  public boolean isOfMalformedToken() {
    return !token.isEmpty();
  }

  /**
   * The same from a node, which clients of this API know to read tokens by itself: that it can't
   * read one is an error there, and it says why.
   */
  public Refusal atNode() {
    return isOfMalformedToken() ? new Refusal(500, "rpc error: " + token) : this;
  }

  /** Status of the HTTP answer. */
  public int status() {
    return status;
  }
}
