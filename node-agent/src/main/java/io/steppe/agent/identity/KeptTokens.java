package io.steppe.agent.identity;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Tokens in the agent's own folder of a task, where tasks can't reach: an agent that comes back, or
 * can't reach the control plane, goes on with them.
 */
record KeptTokens(Path home) {
  private static final int LINES = 3;

  Optional<Token> get(String name) {
    try {
      List<String> lines = Files.readAllLines(file(name));
      return lines.size() == LINES
          ? Optional.of(
              new Token(lines.get(0), Instant.parse(lines.get(1)), Instant.parse(lines.get(2))))
          : Optional.empty();
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (IOException | DateTimeException damaged) {
      return Optional.empty();
    }
  }

  void put(String name, Token token) throws IOException {
    Path folder = home.resolve("identities");
    Files.createDirectories(folder);
    Path draft = folder.resolve("draft");
    Files.deleteIfExists(draft);
    Files.createFile(
        draft, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(draft, token.jwt() + "\n" + token.begins() + "\n" + token.expires() + "\n");
    Files.move(draft, file(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private Path file(String name) {
    // Names are of the job's choosing.
    return home.resolve("identities")
        .resolve(HexFormat.of().formatHex(name.getBytes(StandardCharsets.UTF_8)) + ".token");
  }
}
