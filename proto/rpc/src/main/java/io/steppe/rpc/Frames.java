package io.steppe.rpc;

import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ExecInput;

/** What the messages of a call to an agent weigh: the bytes that credit is given for. */
public final class Frames {
  /** Bytes of standard input that may be sent before the agent gives credit. */
  public static final int FREE_STDIN = 64 << 10;

  private Frames() {}

  /** Bytes of files, logs or a command's output; whatever else a frame has is free. */
  public static int bytes(ClientFrame frame) {
    return switch (frame.getFrameCase()) {
      case DATA -> frame.getData().getData().size();
      case EXEC -> frame.getExec().getStdout().size() + frame.getExec().getStderr().size();
      default -> 0;
    };
  }

  /** Bytes of standard input; sizes and its end are free. */
  public static int bytes(ExecInput input) {
    return input.getStdin().size();
  }
}
