package io.steppe.cluster;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * Entry of the launcher: {@code up}, {@code down} and {@code ps}, as the script {@code steppe}
 * calls them.
 */
@Command(
    name = "steppe",
    subcommands = {UpCommand.class, DownCommand.class, PsCommand.class})
public final class Main implements Runnable {

  /** Exit code of anything that goes wrong. */
  static final int FAILED = 1;

  public static void main(String[] args) {
    CommandLine commandLine = new CommandLine(new Main());
    commandLine.setParameterExceptionHandler(
        (e, given) -> {
          console(null)
              .complain(
                  e.getMessage().lines().findFirst().orElse("bad arguments")
                      + " (see ./steppe help)");
          console(null).exiting(FAILED);
          return FAILED;
        });
    commandLine.setExecutionExceptionHandler(
        (e, command, result) -> {
          console(null).complain(e instanceof StartFailure ? e.getMessage() : e.toString());
          if (!(e instanceof StartFailure)) {
            e.printStackTrace(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
          }
          return FAILED;
        });
    System.exit(commandLine.execute(args));
  }

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        new CommandLine(this), "give a command: up, down or ps");
  }

  /** The terminal, with a log beside it unless there is no data folder yet. */
  static Console console(DataFolder folder) {
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    boolean tagged = "tagged".equals(System.getProperty("steppe.console"));
    return new Console(
        out, err, tagged, folder == null ? null : folder.launcherLog(), InstantSource.system());
  }
}
