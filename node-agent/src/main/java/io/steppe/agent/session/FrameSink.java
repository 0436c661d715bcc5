package io.steppe.agent.session;

import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ExecInput;
import java.time.Duration;
import java.util.Optional;

/**
 * Where the frames of an answer go, and where what their reader sends comes from. Bytes of files
 * and of a command's output are sent as far as the reader gave credit for them; other frames are
 * free. One thread may send while another takes input.
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

  /**
   * What the reader sends a running command: its standard input, the end of that, sizes of its
   * terminal, in order. Waits so long for the next; empty when none came.
   *
   * <p>{@link io.steppe.rpc.Frames#FREE_STDIN} bytes come without credit; for those that were used
   * up, send an {@code ExecOutput.stdin_credit}, or no more come.
   */
  Optional<ExecInput> nextInput(Duration longest) throws Gone, InterruptedException;

  /** Waits until the time is over, {@link #wake} was called or the reader went away. */
  void pause(Duration limit) throws Gone, InterruptedException;

  /** Ends a pause, from any thread; the next one if there is none now. */
  void wake();
}
