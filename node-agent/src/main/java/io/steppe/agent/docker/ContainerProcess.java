package io.steppe.agent.docker;

import io.steppe.agent.driver.ExecPlace.EngineProcess;
import io.steppe.agent.driver.ExecPlace.OutputReceiver;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;

/** A command the engine runs in a container, on an upgraded connection. */
final class ContainerProcess implements EngineProcess {
  private static final int BUFFER = 32 << 10;

  private final Engine engine;
  private final String exec;
  private final boolean tty;
  private final EngineCall call;

  ContainerProcess(Engine engine, String exec, boolean tty) throws IOException {
    this.engine = engine;
    this.exec = exec;
    this.tty = tty;
    this.call = engine.startExec(exec, tty);
  }

  @Override
  public void output(OutputReceiver receiver) throws IOException {
    if (tty) {
      byte[] buffer = new byte[BUFFER];
      for (int n = call.body().read(buffer); n >= 0; n = call.body().read(buffer)) {
        receiver.stdout(Arrays.copyOf(buffer, n));
      }
      return;
    }
    Frames frames = new Frames(call.body());
    for (var frame = frames.next(); frame.isPresent(); frame = frames.next()) {
      if (frame.get().stderr()) {
        receiver.stderr(frame.get().bytes());
      } else {
        receiver.stdout(frame.get().bytes());
      }
    }
  }

  @Override
  public void input(byte[] bytes) throws IOException {
    call.send(bytes);
  }

  @Override
  public void endInput() throws IOException {
    call.endInput();
  }

  @Override
  public void resize(int rows, int columns) throws IOException {
    engine.resizeExec(exec, rows, columns);
  }

  @Override
  public int exitCode() throws IOException {
    Map<String, Object> state = engine.inspectExec(exec);
    return (int) Fields.number(state, "ExitCode");
  }

  @Override
  public void close() {
    call.close();
  }
}
