package io.steppe.cluster;

/** Why the cluster can't run, in one line that a person can act on. */
public final class StartFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StartFailure(String line) {
    super(line);
  }

  public StartFailure(String line, Throwable cause) {
    super(line, cause);
  }
}
