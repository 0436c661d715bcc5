package io.steppe.clientapi;

import com.google.protobuf.ByteString;
import io.steppe.http.failure.Refusal;
import io.steppe.http.stream.Item;
import io.steppe.json.InvalidJsonException;
import io.steppe.json.Json;
import io.steppe.proto.v1.ExecExitResult;
import io.steppe.proto.v1.ExecStreamInput;
import io.steppe.proto.v1.ExecStreamInputData;
import io.steppe.proto.v1.ExecStreamOutput;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Frames;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ExecInput;
import io.steppe.rpc.v1.ExecOutput;
import io.steppe.rpc.v1.TtySize;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;

/**
 * A command that runs, and its client: output goes to the terminal at the terminal's pace, input to
 * the command at the command's.
 */
final class ExecSession {
  private static final Logger LOG = Logger.getLogger(ExecSession.class);
  private static final Duration QUIET = Duration.ofSeconds(10);

  private final Terminal terminal;
  private final Answer answer;
  private final Semaphore stdinCredit = new Semaphore(Frames.FREE_STDIN);

  ExecSession(Terminal terminal, Answer answer) {
    this.terminal = terminal;
    this.answer = answer;
  }

  /**
   * Runs to the command's end.
   *
   * @throws ClosedChannelException when the client is gone
   * @throws Failure as the agent says
   */
  void run() throws InterruptedException, ClosedChannelException {
    Thread input = Thread.ofVirtual().name("exec input").start(this::passInput);
    try {
      passOutput();
    } finally {
      input.interrupt();
    }
  }

  private void passOutput() throws InterruptedException, ClosedChannelException {
    while (true) {
      switch (answer.next(QUIET)) {
        case null -> terminal.ping();
        case Item.Message<ClientFrame>(ClientFrame frame) -> {
          output(frame.getExec());
          answer.taken(Frames.bytes(frame));
        }
        case Item.Broken<ClientFrame>(Failure failure) -> throw failure;
        case Item.End<ClientFrame> end -> {
          terminal.close(Terminal.DONE, "");
          return;
        }
      }
    }
  }

  private void output(ExecOutput output) throws InterruptedException, ClosedChannelException {
    ExecStreamOutput.Builder message = ExecStreamOutput.newBuilder();
    switch (output.getOutputCase()) {
      case STDOUT -> message.setStdout(data(output.getStdout()));
      case STDERR -> message.setStderr(data(output.getStderr()));
      case STDOUT_CLOSED -> message.setStdout(ExecStreamInputData.newBuilder().setClose(true));
      case STDERR_CLOSED -> message.setStderr(ExecStreamInputData.newBuilder().setClose(true));
      case EXIT_CODE ->
          message
              .setExited(true)
              .setResult(ExecExitResult.newBuilder().setExitCode(output.getExitCode()));
      case STDIN_CREDIT -> {
        stdinCredit.release(output.getStdinCredit());
        return;
      }
      case OUTPUT_NOT_SET -> {
        return;
      }
    }
    terminal.write(Json.write(message.build()));
  }

  private static ExecStreamInputData.Builder data(ByteString bytes) {
    return ExecStreamInputData.newBuilder().setData(bytes);
  }

  private void passInput() {
    try {
      while (true) {
        input(Json.read(terminal.next(), ExecStreamInput.getDefaultInstance()));
      }
    } catch (InvalidJsonException e) {
      terminal.close(Terminal.REFUSED, "failed to decode input: " + e.getMessage());
    } catch (ClosedChannelException | InterruptedException gone) {
      LOG.debug("No more input comes");
    }
  }

  private void input(ExecStreamInput message) throws InterruptedException {
    if (message.hasStdin()) {
      stdin(message.getStdin().getData());
      if (message.getStdin().getClose()) {
        answer.input(ExecInput.newBuilder().setStdinClosed(true).build());
      }
    }
    if (message.hasTtySize()) {
      answer.input(
          ExecInput.newBuilder()
              .setTtySize(
                  TtySize.newBuilder()
                      .setHeight(cells(message.getTtySize().getHeight()))
                      .setWidth(cells(message.getTtySize().getWidth())))
              .build());
    }
  }

  /** Sends as much as the command's side takes at a time. */
  private void stdin(ByteString data) throws InterruptedException {
    ByteString left = data;
    while (!left.isEmpty()) {
      stdinCredit.acquire();
      int more = Math.min(stdinCredit.availablePermits(), left.size() - 1);
      int size = more > 0 && stdinCredit.tryAcquire(more) ? more + 1 : 1;
      answer.input(ExecInput.newBuilder().setStdin(left.substring(0, size)).build());
      left = left.substring(size);
    }
  }

  private static int cells(long count) {
    return (int) Math.clamp(count, 0, Short.MAX_VALUE);
  }

  /** How a client is told that it can't have what it asked for. */
  static void refuse(Terminal terminal, Refusal refusal) {
    terminal.close(
        refusal.status() < 500 ? Terminal.REFUSED : Terminal.FAILED, refusal.getMessage());
  }
}
