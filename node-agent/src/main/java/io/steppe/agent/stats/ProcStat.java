package io.steppe.agent.stats;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A process as {@code /proc/PID/stat} shows it.
 *
 * @param state one letter; Z and X are dead
 * @param startTicks when it began, in clock ticks since boot: with the pid it names one process for
 *     ever
 * @param userTicks clock ticks in user mode
 * @param systemTicks clock ticks in the kernel
 * @param childUserTicks the same of children it waited for, and theirs
 */
public record ProcStat(
    long pid,
    char state,
    long parent,
    long session,
    long startTicks,
    long userTicks,
    long systemTicks,
    long childUserTicks,
    long childSystemTicks) {
  /** A clock tick in nanoseconds: USER_HZ is 100 wherever Linux runs. */
  public static final long TICK_NANOS = 10_000_000;

  private static final Path PROC = Path.of("/proc");

  /** Reads a line of the file. */
  public static Optional<ProcStat> parse(String line) {
    int open = line.indexOf('(');
    int close = line.lastIndexOf(')');
    if (open < 1 || close < open) {
      return Optional.empty();
    }
    String[] fields = line.substring(close + 1).strip().split(" ");
    if (fields.length < 22) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new ProcStat(
              Long.parseLong(line.substring(0, open).strip()),
              fields[0].charAt(0),
              Long.parseLong(fields[1]),
              Long.parseLong(fields[3]),
              Long.parseLong(fields[19]),
              Long.parseLong(fields[11]),
              Long.parseLong(fields[12]),
              Long.parseLong(fields[13]),
              Long.parseLong(fields[14])));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** The process with a pid, if there is one. */
  public static Optional<ProcStat> of(long pid) {
    try {
      return parse(Files.readString(PROC.resolve(String.valueOf(pid)).resolve("stat")));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** All processes of the machine. */
  public static List<ProcStat> all() {
    try (Stream<Path> entries = Files.list(PROC)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> name.chars().allMatch(Character::isDigit))
          .map(name -> of(Long.parseLong(name)))
          .flatMap(Optional::stream)
          .toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Whether this very process still runs. */
  public boolean alive() {
    return of(pid)
        .filter(now -> now.startTicks == startTicks && now.state != 'Z' && now.state != 'X')
        .isPresent();
  }
}
