package io.steppe.agent.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
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
    Path path = file.orElse(data.resolve(USUAL));
    AtomicReference<String> said = new AtomicReference<>("");
    return () -> token.map(String::strip).orElseGet(() -> read(path, said));
  }

  /** It is read often while a node is refused: what is wrong with it is said once. */
  private String read(Path path, AtomicReference<String> said) {
    try {
      String read = Files.readString(path).strip();
      said.set("");
      return read;
    } catch (NoSuchFileException e) {
      if (file.isPresent()) {
        complain("the introduction token is not in " + path + ": there is no such file", said);
      }
      return "";
    } catch (IOException e) {
      complain("the introduction token can't be read: " + e, said);
      return "";
    }
  }

  private static void complain(String problem, AtomicReference<String> said) {
    if (!problem.equals(said.getAndSet(problem))) {
      LOG.warn(problem);
    }
  }
}
