package io.steppe.agent.docker;

import java.io.IOException;

/** What a container engine refused, in its own words. */
final class EngineFailure extends IOException {
  private static final long serialVersionUID = 1;

  private final int status;

  EngineFailure(int status, String message) {
    super(message);
    this.status = status;
  }

  /** The HTTP status. */
  int status() {
    return status;
  }

  boolean notFound() {
    return status == 404;
  }

  /** Trying again may help: the engine itself is in trouble. */
  boolean passing() {
    return status >= 500;
  }
}
