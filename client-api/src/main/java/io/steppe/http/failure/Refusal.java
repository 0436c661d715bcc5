package io.steppe.http.failure;

/** The end of a request with a status and a text that its client is told. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;

  /**
   * A refusal.
   *
   * @param status of the HTTP answer
   * @param text its body
   */
  public Refusal(int status, String text) {
    super(text, null, false, false);
    this.status = status;
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

  /** Status of the HTTP answer. */
  public int status() {
    return status;
  }
}
