package io.steppe.agent.fingerprint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Files of the system beneath a root, {@code /} but for tests. What can't be read is not there. */
record HostFiles(Path root) {
  Optional<String> text(String path) {
    try {
      return Optional.of(Files.readString(root.resolve(path)).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  List<String> lines(String path) {
    return text(path).map(text -> text.lines().toList()).orElse(List.of());
  }

  Optional<Long> number(String path) {
    return text(path)
        .filter(text -> !text.isEmpty() && text.chars().allMatch(Character::isDigit))
        .map(Long::parseLong);
  }

  boolean exists(String path) {
    return Files.exists(root.resolve(path));
  }
}
