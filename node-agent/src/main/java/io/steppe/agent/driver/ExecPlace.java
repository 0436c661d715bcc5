package io.steppe.agent.driver;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How another command is run beside a task that runs, in all that surrounds it. */
public sealed interface ExecPlace {
  /**
   * As a process of this machine.
   *
   * @param prefix stands before the command and brings it to where the task is, as its user; may be
   *     empty
   * @param directory where the process begins
   * @param environment the whole of it
   */
  record OfMachine(List<String> prefix, Path directory, Map<String, String> environment)
      implements ExecPlace {}

  /** By the engine that holds the task. */
  record OfEngine(EngineExec engine) implements ExecPlace {}

  /** Starts commands in a container. */
  interface EngineExec {
    /**
     * @param tty whether the command gets a terminal; its output is one stream then
     * @throws IOException with the engine's own words when it refuses
     */
    EngineProcess start(List<String> command, boolean tty) throws IOException;
  }

  /** A command that runs in a container. Closing it lets go of its streams. */
  interface EngineProcess extends AutoCloseable {
    /**
     * Hands over the output as it comes, until its end. Blocks; a receiver that waits holds up
     * nothing but the command.
     */
    void output(OutputReceiver receiver) throws IOException;

    /** Writes to the command's input. */
    void input(byte[] bytes) throws IOException;

    /** Ends the command's input. */
    void endInput() throws IOException;

    /** The terminal's new size. */
    void resize(int rows, int columns) throws IOException;

    /** How it ended; to be asked after the end of its output. */
    int exitCode() throws IOException;

    @Override
    void close();
  }

  /** Takes output of a command. */
  interface OutputReceiver {
    void stdout(byte[] bytes) throws IOException;

    void stderr(byte[] bytes) throws IOException;
  }
}
