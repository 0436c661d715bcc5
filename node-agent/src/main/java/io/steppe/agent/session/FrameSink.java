package io.steppe.agent.session;

import io.steppe.rpc.v1.ClientFrame;
import java.time.Duration;

/**
 * Where the frames of an answer go. Bytes of files are sent as far as the reader gave credit for
 * them; other frames are free.
 */
public interface FrameSink {
  /** The reader went away. */
  final class Gone extends Exception {
    private static final long serialVersionUID = 1;

    public Gone() {
      super("nobody reads any more");
    }
  }

  /** Waits until bytes may be sent; returns how many, at most 64 KiB. */
  int room() throws Gone, InterruptedException;

  void send(ClientFrame frame) throws Gone;

  /** Waits until the time is over, {@link #wake} was called or the reader went away. */
  void pause(Duration limit) throws Gone, InterruptedException;

  /** Ends a pause, from any thread; the next one if there is none now. */
  void wake();
}
