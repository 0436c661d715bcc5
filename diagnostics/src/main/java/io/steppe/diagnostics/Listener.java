package io.steppe.diagnostics;

import io.steppe.rpc.v1.ClientFrame;

/** Who asked a process about itself, and takes the answer at a pace of its own. */
public interface Listener {
  /** The listener went away. */
  final class Gone extends Exception {
    private static final long serialVersionUID = 1;

    public Gone() {
      super("nobody listens any more");
    }
  }

  /** Waits until bytes may be sent; returns how many, at least one and at most 64 KiB. */
  int room() throws Gone, InterruptedException;

  /** Sends a frame, whose bytes fit into the room there was. */
  void send(ClientFrame frame) throws Gone, InterruptedException;

  /** Does nothing while somebody listens. */
  void check() throws Gone, InterruptedException;
}
