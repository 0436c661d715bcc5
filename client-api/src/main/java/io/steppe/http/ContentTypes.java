package io.steppe.http;

/** Types of answers. */
public final class ContentTypes {
  /** Documents and frames. */
  public static final String JSON = "application/json";

  /** Errors and plain streams. */
  public static final String TEXT = "text/plain; charset=utf-8";

  private ContentTypes() {}
}
