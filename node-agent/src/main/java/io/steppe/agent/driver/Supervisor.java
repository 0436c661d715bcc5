package io.steppe.agent.driver;

import io.steppe.agent.stats.ProcStat;
import io.steppe.agent.task.Exit;
import io.steppe.agent.task.StartFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * What holds a run while the agent may come and go: a shell in a session of its own that starts the
 * command in another one, waits for it and writes down its exit code. In the task's home it leaves
 * {@code supervisor.N} and {@code pid.N} (lines of {@code /proc/PID/stat}, so that a reused pid is
 * told from the real one) and at last {@code exit.N}. A command that isolates itself adds {@code
 * task.N} for the process inside. The command's output goes straight to the spool files: no pipe,
 * nobody whose death would lose a byte.
 */
final class Supervisor {
  /**
   * $1 home, $2 run, $3 and $4 files for the output, $5 setsid, $6 the entrances of its group with
   * colons between, then the command. Whoever creates supervisor.N first has the run. Nothing is
   * looked up in the PATH, which is the task's.
   */
  private static final String SCRIPT =
      """
      read -r steppe_stat </proc/$$/stat
      set -C
      echo "$steppe_stat" >"$1/supervisor.$2" || exit 0
      set +C
      "$5" /bin/sh -c 'set -f
      IFS=:
      for steppe_group in $6; do echo 0 2>/dev/null >"$steppe_group" || :; done
      unset IFS steppe_group
      set +f
      read -r steppe_stat </proc/$$/stat
      echo "$steppe_stat" >"$1/pid.$2"
      unset steppe_stat
      shift 6
      exec "$@"' sh "$@" >>"$3" 2>>"$4"
      echo "$?" >"$1/exit.$2"
      """;

  private static final long LAUNCH_SECONDS = 30;

  private static final String SETSID = tool("setsid");

  /**
   * setsid of util-linux can leave the caller at once; where it can't, the supervisor stays the
   * agent's child.
   */
  private static final boolean FORKS = runs(List.of(SETSID, "-f", "true"));

  /**
   * An agent started in the background of a script ignores SIGINT, and what a process ignores its
   * children ignore; but SIGINT is the usual kill signal of a task. env of GNU coreutils undoes it.
   */
  private static final List<String> DEFAULT_SIGNALS =
      runs(List.of(tool("env"), "--default-signal", "true"))
          ? List.of(tool("env"), "--default-signal")
          : List.of();

  private final Path home;
  private final int run;

  Supervisor(TaskRun run) {
    this.home = run.home();
    this.run = run.number();
  }

  /** The name of the file that holds a run's exit code. */
  static String exitFile(int run) {
    return "exit." + run;
  }

  /**
   * Starts the run under a supervisor that belongs to nobody.
   *
   * @param entrances files the command's process writes 0 to before anything else, as far as it may
   */
  void launch(TaskRun task, List<String> command, Path directory, List<Path> entrances)
      throws StartFailure {
    List<String> line = new ArrayList<>(FORKS ? List.of(SETSID, "-f") : List.of(SETSID));
    line.addAll(DEFAULT_SIGNALS);
    String out = task.logged() ? home.resolve("stdout").toString() : "/dev/null";
    String err = task.logged() ? home.resolve("stderr").toString() : "/dev/null";
    line.addAll(
        List.of(
            "/bin/sh",
            "-c",
            SCRIPT,
            "sh",
            home.toString(),
            String.valueOf(run),
            out,
            err,
            SETSID,
            entrances.stream().map(Path::toString).collect(Collectors.joining(":"))));
    line.addAll(command);
    try {
      ProcessBuilder builder =
          new ProcessBuilder(line)
              .directory(directory.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD);
      builder.environment().clear();
      builder.environment().putAll(task.environment());
      Process process = builder.start();
      if (FORKS && process.waitFor(LAUNCH_SECONDS, TimeUnit.SECONDS) && process.exitValue() != 0) {
        throw new StartFailure(
            "failed to launch command: setsid ended with code " + process.exitValue(), true);
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new StartFailure("failed to launch command: " + e.getMessage(), false);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartFailure("interrupted while the command was launched", true);
    }
  }

  /**
   * The first process of a command that built surroundings of its own and now runs in them, in a
   * session of its own.
   */
  Optional<ProcStat> isolated() {
    return line("task").flatMap(ProcStat::parse);
  }

  /** Where such a command writes what goes wrong before it runs. */
  static Path troubleFile(Path home, int run) {
    return home.resolve("launch." + run);
  }

  /** What went wrong before the command ran. */
  String trouble() {
    try {
      String text = Files.readString(troubleFile(home, run)).strip();
      return text.isEmpty() ? "it ended before the task began" : text.replace('\n', ';');
    } catch (IOException e) {
      return "it ended before its surroundings were built";
    }
  }

  /** Takes the run away from a supervisor that has not begun yet. False when one has. */
  boolean claim() {
    try {
      Files.writeString(
          home.resolve("supervisor." + run),
          "claimed\n",
          StandardOpenOption.CREATE_NEW,
          StandardOpenOption.WRITE);
      return true;
    } catch (FileAlreadyExistsException e) {
      return line("supervisor").filter("claimed"::equals).isPresent();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Optional<ProcStat> supervisor() {
    return line("supervisor").flatMap(ProcStat::parse);
  }

  /** The command's first process: leader of the session all of it belongs to. */
  Optional<ProcStat> leader() {
    return line("pid").flatMap(ProcStat::parse);
  }

  Optional<Exit> exit() {
    try {
      return line("exit").map(code -> Exit.ofShellStatus(Integer.parseInt(code)));
    } catch (NumberFormatException e) {
      return Optional.of(Exit.unknown("the exit code was lost: " + e.getMessage()));
    }
  }

  /** A whole line of a file of this run; a line without its end is still being written. */
  private Optional<String> line(String file) {
    try {
      String text = Files.readString(home.resolve(file + "." + run));
      return text.endsWith("\n") ? Optional.of(text.strip()) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the machine has a command; its bare name when it has none. */
  static String tool(String name) {
    String path = System.getenv("PATH");
    return Commands.find(
            name, Path.of("/"), (path == null ? "" : path + ":") + Commands.DEFAULT_PATH)
        .map(Path::toString)
        .orElse(name);
  }

  private static boolean runs(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(LAUNCH_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
