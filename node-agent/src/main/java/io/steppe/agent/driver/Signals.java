package io.steppe.agent.driver;

import io.steppe.agent.stats.ProcStat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Signals to the processes of a run. */
public final class Signals {
  private static final Pattern NAME = Pattern.compile("[A-Z][A-Z0-9+-]*");
  private static final long SECONDS = 10;

  private Signals() {}

  /** Sends a signal, named as {@code SIGTERM} or {@code TERM}, to the group a leader leads. */
  static void toGroup(ProcStat leader, String signal) throws IOException {
    String upper = signal.toUpperCase(Locale.ROOT);
    String name = upper.startsWith("SIG") ? upper.substring(3) : upper;
    if (!NAME.matcher(name).matches()) {
      throw new IOException("unknown signal " + signal);
    }
    kill(name, List.of("-" + leader.pid()));
  }

  /** Kills all that a leader's session and its descendants hold. */
  public static void killAll(ProcStat leader) throws IOException {
    List<String> targets = new ArrayList<>();
    members(leader).forEach(member -> targets.add(String.valueOf(member.pid())));
    if (!targets.isEmpty()) {
      kill("KILL", targets);
    }
  }

  /** The processes of a leader's session, and what they started, wherever it went. */
  static List<ProcStat> members(ProcStat leader) {
    List<ProcStat> all = ProcStat.all();
    boolean reused =
        all.stream()
            .anyMatch(
                process ->
                    process.pid() == leader.pid() && process.startTicks() != leader.startTicks());
    if (reused) {
      return List.of();
    }
    Set<Long> found = new HashSet<>();
    List<ProcStat> members = new ArrayList<>();
    boolean grown = true;
    while (grown) {
      grown = false;
      for (ProcStat process : all) {
        boolean belongs = process.session() == leader.pid() || found.contains(process.parent());
        if (belongs && process.startTicks() >= leader.startTicks() && found.add(process.pid())) {
          members.add(process);
          grown = true;
        }
      }
    }
    return members;
  }

  private static void kill(String signal, List<String> targets) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("/bin/sh", "-c", "kill -s \"$0\" -- \"$@\"", signal));
    command.addAll(targets);
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      // A process that is gone already is no failure: its end is on the way.
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("kill did not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
