package io.steppe.agent.fingerprint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/**
 * Who the node is: made once, kept with its data.
 *
 * @param secret proves to the control plane that this is the node; never shown
 */
public record NodeIdentity(String id, String secret) {
  /** Reads the identity kept in a folder, or makes it. */
  public static NodeIdentity in(Path folder) throws IOException {
    Files.createDirectories(folder);
    return new NodeIdentity(kept(folder.resolve("node-id")), kept(folder.resolve("node-secret")));
  }

  private static String kept(Path file) throws IOException {
    try {
      String text = Files.readString(file).strip();
      if (!text.isEmpty()) {
        return text;
      }
    } catch (NoSuchFileException e) {
      Files.createDirectories(file.getParent());
    }
    String made = UUID.randomUUID().toString();
    Path next = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(next);
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    try (var channel =
        Files.newByteChannel(
            next, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly)) {
      channel.write(ByteBuffer.wrap((made + "\n").getBytes(StandardCharsets.UTF_8)));
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    return made;
  }
}
