package io.steppe.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What to run for one process of the cluster.
 *
 * @param name of the component
 * @param replica counted from 0
 * @param command with its arguments
 * @param environment beyond what the launcher has itself
 * @param ports it listens on
 * @param log file that takes its output
 * @param folder it works in
 * @param stop how it is asked to end
 */
public record Program(
    String name,
    int replica,
    List<String> command,
    Map<String, String> environment,
    List<Integer> ports,
    Path log,
    Path folder,
    Stop stop) {

  /**
   * How a process is asked to end.
   *
   * @param signal of that name, for example {@code TERM}
   * @param seconds to wait before it is killed
   */
  public record Stop(String signal, int seconds) {}

  // Writes the run file from within the process, so that no process is ever without one, then
  // becomes the program.
  private static final String RECORD_AND_EXEC =
      """
      file=$1 name=$2 replica=$3 ports=$4 fingerprint=$5
      shift 5
      start=-
      if [ -r /proc/$$/stat ] && read -r stat </proc/$$/stat; then
        stat=${stat##*) }
        skip=0
        while [ $skip -lt 19 ]; do stat=${stat#* }; skip=$((skip + 1)); done
        start=${stat%% *}
      fi
      printf '%s\\t%s\\t%s\\t%s\\t%s\\t%s\\n' "$name" "$replica" "$$" "$start" "$ports" "$fingerprint" >"$file"
      exec "$@"
      """;

  public Program {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
    ports = List.copyOf(ports);
  }

  /** Name and replica, as people read it. */
  public String label() {
    return name + "-" + replica;
  }

  /** Equal for programs that differ in nothing. */
  public String fingerprint() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : command) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      new TreeMap<>(environment)
          .forEach((k, v) -> digest.update((k + "=" + v + "\0").getBytes(StandardCharsets.UTF_8)));
      return HexFormat.of().formatHex(digest.digest(), 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Starts it as a child that outlives this process. */
  public Process launch(Path run) throws IOException {
    List<String> all = new ArrayList<>(List.of("/bin/sh", "-c", RECORD_AND_EXEC, "steppe"));
    all.addAll(
        List.of(
            RunFile.path(run, name, replica).toString(),
            name,
            Integer.toString(replica),
            portList(),
            fingerprint()));
    all.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(all);
    builder.directory(folder.toFile());
    builder.environment().putAll(environment);
    builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    return builder.start();
  }

  private String portList() {
    return ports.isEmpty() ? "-" : String.join(",", ports.stream().map(String::valueOf).toList());
  }
}
