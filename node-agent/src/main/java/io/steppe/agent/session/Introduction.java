package io.steppe.agent.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The token that introduces a node to a cluster which asks for one.
 *
 * @param token itself
 * @param file that holds it, looked at for each registration; one in the data folder unless set
 */
public record Introduction(Optional<String> token, Optional<Path> file) {
  private static final Logger LOG = Logger.getLogger(Introduction.class);
  private static final String USUAL = "intro_token.jwt";

  /** None. */
  public static Introduction none() {
    return new Introduction(Optional.empty(), Optional.empty());
  }

  /** What is shown; empty for nothing. */
  public Supplier<String> in(Path data) {
    return () -> token.map(String::strip).orElseGet(() -> read(file.orElse(data.resolve(USUAL))));
  }

  private String read(Path path) {
    try {
      return Files.readString(path).strip();
    } catch (NoSuchFileException e) {
      if (file.isPresent()) {
        LOG.warnf("the introduction token is not in %s: there is no such file", path);
      }
      return "";
    } catch (IOException e) {
      LOG.warnf("the introduction token can't be read: %s", e);
      return "";
    }
  }
}
