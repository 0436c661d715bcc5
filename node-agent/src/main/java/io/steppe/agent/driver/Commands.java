package io.steppe.agent.driver;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the file a command names. */
public final class Commands {
  static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private Commands() {}

  /**
   * A path is taken from the task's folder; a name is looked for in its {@code local}, in it, then
   * in PATH.
   */
  public static Optional<Path> find(String command, Path directory, String searchPath) {
    return candidates(command, directory, searchPath).stream()
        .map(Commands::executable)
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** The places a command may be at, the first choice first. */
  static List<Path> candidates(String command, Path directory, String searchPath) {
    if (command.indexOf('\0') >= 0) {
      return List.of();
    }
    if (command.contains("/")) {
      return List.of(directory.resolve(command));
    }
    List<Path> places = new ArrayList<>(List.of(directory.resolve("local"), directory));
    for (String place :
        (searchPath == null || searchPath.isEmpty() ? DEFAULT_PATH : searchPath).split(":")) {
      if (!place.isEmpty()) {
        places.add(directory.resolve(place));
      }
    }
    return places.stream().map(place -> place.resolve(command)).toList();
  }

  static Optional<Path> executable(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file)
        ? Optional.of(file)
        : Optional.empty();
  }
}
