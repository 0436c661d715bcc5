package io.steppe.agent.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** The small files of control groups. */
final class CgroupFiles {
  private static final Logger LOG = Logger.getLogger(CgroupFiles.class);
  private static final int ROUNDS = 50;
  private static final int REMOVALS = 100;

  private CgroupFiles() {}

  static OptionalLong number(Path file) {
    try {
      return OptionalLong.of(Long.parseLong(Files.readString(file).strip()));
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** A file of lines "name number". */
  static Map<String, Long> table(Path file) {
    Map<String, Long> table = new HashMap<>();
    try {
      for (String line : Files.readAllLines(file)) {
        int space = line.indexOf(' ');
        if (space > 0) {
          table.put(line.substring(0, space), Long.parseLong(line.substring(space + 1).strip()));
        }
      }
    } catch (IOException | NumberFormatException e) {
      LOG.debugf(e, "%s can't be read", file);
    }
    return table;
  }

  static List<Long> processes(Path folder) {
    try {
      return Files.readAllLines(folder.resolve("cgroup.procs")).stream()
          .map(Long::parseLong)
          .toList();
    } catch (IOException | NumberFormatException e) {
      return List.of();
    }
  }

  static void write(Path file, Object value) throws IOException {
    Files.writeString(file, String.valueOf(value));
  }

  /** Writes what the kernel may not have. */
  static void tryWrite(Path file, Object value) {
    try {
      write(file, value);
    } catch (IOException e) {
      LOG.debugf("%s: %s", file, e.getMessage());
    }
  }

  static String list(List<Integer> cores) {
    return cores.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** Kills the processes of a group one by one until there are none. */
  static void killEach(Path folder) throws IOException {
    Set<Long> left = new LinkedHashSet<>(processes(folder));
    for (int round = 0; round < ROUNDS && !left.isEmpty(); round++) {
      left.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
      pause();
      left = new LinkedHashSet<>(processes(folder));
    }
    if (!left.isEmpty()) {
      throw new IOException("processes of " + folder + " don't die: " + left);
    }
  }

  /** Removes a group; a process that just died may still hold it for a moment. */
  static void remove(Path folder) {
    for (int i = 0; i < REMOVALS && Files.isDirectory(folder); i++) {
      if (folder.toFile().delete()) {
        return;
      }
      try {
        pause();
      } catch (IOException e) {
        return;
      }
    }
    if (Files.isDirectory(folder)) {
      LOG.warnf("cgroup %s can't be removed yet: something is in it", folder);
    }
  }

  private static void pause() throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
