package io.steppe.agent.exec;

import io.steppe.agent.driver.ExecPlace;
import io.steppe.agent.driver.ExecPlace.EngineProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A command without input that ends soon, by itself or by force. */
public final class ShortCommand {
  /**
   * @param output standard output and error as they came, as far as they are kept
   */
  public record Result(int exitCode, String output) {}

  private ShortCommand() {}

  /**
   * Runs a command to its end.
   *
   * @param longest after which it is killed
   * @param mostOutput bytes of output that are kept
   */
  public static Result run(ExecPlace place, List<String> command, Duration longest, int mostOutput)
      throws IOException {
    try (EngineProcess process = start(place, command)) {
      var late =
          new CompletableFuture<Void>()
              .completeOnTimeout(null, longest.toMillis(), TimeUnit.MILLISECONDS);
      var killing = late.thenRun(process::close);
      var kept = new Kept(mostOutput);
      process.endInput();
      process.output(kept);
      int code = process.exitCode();
      killing.cancel(false);
      return new Result(code, kept.text());
    }
  }

  private static EngineProcess start(ExecPlace place, List<String> command) throws IOException {
    return switch (place) {
      case ExecPlace.OfMachine machine -> MachineProcess.start(machine, command, false);
      case ExecPlace.OfEngine(ExecPlace.EngineExec engine) -> engine.start(command, false);
    };
  }

  /** The beginning of an output. */
  private static final class Kept implements ExecPlace.OutputReceiver {
    private final int most;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Kept(int most) {
      this.most = most;
    }

    @Override
    public void stdout(byte[] more) {
      keep(more);
    }

    @Override
    public void stderr(byte[] more) {
      keep(more);
    }

    private synchronized void keep(byte[] more) {
      bytes.write(more, 0, Math.min(more.length, most - bytes.size()));
    }

    synchronized String text() {
      return bytes.toString(StandardCharsets.UTF_8);
    }
  }
}
