package io.steppe.agent.session;

import io.steppe.rpc.Frames;
import io.steppe.rpc.v1.ExecInput;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Input of a command that waits for it. What the senders keep to bounds it: standard input by
 * credit, and of sizes only the last in a row counts.
 */
final class Inputs {
  /** Far more than what credit covers, and than changes of a window between two keys. */
  private static final long MOST_BYTES = 4L * Frames.FREE_STDIN;

  private static final int MOST = 4096;

  private final Deque<ExecInput> waiting = new ArrayDeque<>();
  private long bytes;

  /** Adds one; false when there is no more room. */
  boolean add(ExecInput input) {
    ExecInput last = waiting.peekLast();
    if (last != null && last.hasTtySize() && input.hasTtySize()) {
      waiting.removeLast();
    } else if (last != null
        && last.hasStdin()
        && input.hasStdin()
        && Frames.bytes(last) + Frames.bytes(input) <= Frames.FREE_STDIN) {
      waiting.removeLast();
      waiting.addLast(last.toBuilder().setStdin(last.getStdin().concat(input.getStdin())).build());
      bytes += Frames.bytes(input);
      return bytes <= MOST_BYTES;
    }
    waiting.addLast(input);
    bytes += Frames.bytes(input);
    return waiting.size() <= MOST && bytes <= MOST_BYTES;
  }

  /** The next, if one waits. */
  Optional<ExecInput> poll() {
    Optional<ExecInput> next = Optional.ofNullable(waiting.poll());
    next.ifPresent(input -> bytes -= Frames.bytes(input));
    return next;
  }
}
