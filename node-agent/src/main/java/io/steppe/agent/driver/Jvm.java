package io.steppe.agent.driver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The Java of a machine.
 *
 * @param command as a file, links followed
 * @param version as {@code 25.0.3}
 * @param runtime its own line on its runtime
 * @param vm its own line on its virtual machine
 */
record Jvm(Path command, String version, String runtime, String vm) {
  private static final long SECONDS = 10;
  private static final Pattern VERSION = Pattern.compile("version \"([^\"]+)\"");

  /** A file as it was when it was asked. */
  private record Asked(Path command, FileTime changed, Jvm answer) {}

  /** Remembers the last answer for as long as its file stays as it is. */
  static final class Finder {
    private final Optional<Path> set;
    private volatile Optional<Asked> last = Optional.empty();

    /**
     * @param set a command to take; looked for in PATH and JAVA_HOME when empty
     */
    Finder(Optional<Path> set) {
      this.set = set;
    }

    /** The machine's Java, if it has one that answers. */
    Optional<Jvm> find() {
      try {
        Optional<Path> found = command();
        if (found.isEmpty()) {
          return Optional.empty();
        }
        Path command = found.get().toRealPath();
        FileTime changed = Files.getLastModifiedTime(command);
        Optional<Asked> known =
            last.filter(
                asked -> asked.command().equals(command) && asked.changed().equals(changed));
        if (known.isEmpty()) {
          known = ask(command).map(jvm -> new Asked(command, changed, jvm));
          last = known;
        }
        return known.map(Asked::answer);
      } catch (IOException e) {
        return Optional.empty();
      }
    }

    private Optional<Path> command() {
      if (set.isPresent()) {
        return Commands.executable(set.get());
      }
      Optional<Path> inPath =
          Optional.of(Path.of(Supervisor.tool("java"))).filter(Path::isAbsolute);
      return inPath.or(
          () ->
              Optional.ofNullable(System.getenv("JAVA_HOME"))
                  .flatMap(home -> Commands.executable(Path.of(home, "bin", "java"))));
    }
  }

  private static Optional<Jvm> ask(Path command) throws IOException {
    Process process =
        new ProcessBuilder(command.toString(), "-version").redirectErrorStream(true).start();
    String answer =
        new String(process.getInputStream().readNBytes(16 << 10), StandardCharsets.UTF_8);
    try {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.empty();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
    return process.exitValue() == 0 ? parse(command, answer) : Optional.empty();
  }

  /** Reads the three lines of {@code java -version}; others may stand before them. */
  static Optional<Jvm> parse(Path command, String answer) {
    List<String> lines = answer.lines().map(String::strip).toList();
    for (int i = 0; i + 2 < lines.size(); i++) {
      Matcher version = VERSION.matcher(lines.get(i));
      if (version.find()) {
        return Optional.of(new Jvm(command, version.group(1), lines.get(i + 1), lines.get(i + 2)));
      }
    }
    return Optional.empty();
  }

  /** The folder all of it is in. */
  Path home() {
    Path home = command.getParent().getParent();
    return home == null ? command.getParent() : home;
  }
}
