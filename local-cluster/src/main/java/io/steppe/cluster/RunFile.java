package io.steppe.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What the data folder knows of one process: a line {@code name TAB replica TAB pid TAB start TAB
 * ports TAB fingerprint}, written by the process itself before it becomes what it is to be. So
 * whoever starts the cluster again finds every process, even those whose launcher was killed a
 * moment after their start.
 *
 * @param name of the component
 * @param replica counted from 0
 * @param id of the process
 * @param ports it listens on, comma-separated, "-" for none
 * @param fingerprint of command and settings: a process of another one is not what is wanted now
 */
public record RunFile(String name, int replica, ProcessId id, String ports, String fingerprint) {
  private static final String SUFFIX = ".pid";

  static Path path(Path run, String name, int replica) {
    return run.resolve(name + "-" + replica + SUFFIX);
  }

  /** The recorded process, running or not. */
  public static Optional<RunFile> read(Path run, String name, int replica) {
    return read(path(run, name, replica));
  }

  /** Every recorded process that runs, by name and replica. */
  public static List<RunFile> alive(Path run) {
    List<RunFile> found = new ArrayList<>();
    try (var files = Files.list(run)) {
      files
          .filter(f -> f.getFileName().toString().endsWith(SUFFIX))
          .forEach(f -> read(f).ifPresent(found::add));
    } catch (NoSuchFileException none) {
      return List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    found.removeIf(file -> !file.id().isAlive());
    found.sort(Comparator.comparing(RunFile::name).thenComparing(RunFile::replica));
    return found;
  }

  /** Records a process that can't do it itself. */
  public void write(Path run) {
    try {
      DataFolder.write(path(run, name, replica), line() + "\n", "rw-r--r--");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Forgets the process, if it is still the one recorded. */
  public void forget(Path run) {
    try {
      if (read(run, name, replica).filter(this::equals).isPresent()) {
        Files.deleteIfExists(path(run, name, replica));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String line() {
    return String.join(
        "\t",
        name,
        Integer.toString(replica),
        Long.toString(id.pid()),
        id.start(),
        ports,
        fingerprint);
  }

  private static Optional<RunFile> read(Path file) {
    try {
      String[] f = Files.readString(file).strip().split("\t", -1);
      if (f.length != 6) {
        return Optional.empty();
      }
      return Optional.of(
          new RunFile(
              f[0], Integer.parseInt(f[1]), new ProcessId(Long.parseLong(f[2]), f[3]), f[4], f[5]));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (NumberFormatException half) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
