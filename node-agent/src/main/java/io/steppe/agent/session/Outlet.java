package io.steppe.agent.session;

import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ClientFrame;

/** The way to the reader of one answer: over the network, or within the agent's own process. */
public interface Outlet {
  /** Whether a frame sent now goes on soon, rather than piling up. */
  boolean isReady();

  /**
   * Sends a frame.
   *
   * @throws IllegalStateException when the reader is gone
   */
  void frame(ClientFrame frame);

  /** Ends the answer; nothing if it has ended. */
  void complete();

  /** Ends the answer with what the reader is to be told; nothing if it has ended. */
  void fail(Failure failure);

  /** Ends the answer without a word, since the reader does not take it. */
  void cancel();
}
