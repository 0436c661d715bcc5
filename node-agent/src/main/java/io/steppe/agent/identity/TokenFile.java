package io.steppe.agent.identity;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/**
 * Writes a token where its task reads it. The task may write there too, and exchange names
 * meanwhile: folders are entered by handle, no link is followed, and the file takes its name in one
 * step.
 */
final class TokenFile {
  private TokenFile() {}

  /**
   * @param task the task's folder, whose parent no task may write to
   * @param path below it
   * @throws IOException for a path that leads elsewhere, or through what is no folder
   */
  static void write(Path task, String path, String jwt) throws IOException {
    Path wanted = Path.of(path);
    Path below = wanted.isAbsolute() ? wanted.getRoot().relativize(wanted) : wanted;
    if (path.isEmpty() || !below.equals(below.normalize()) || below.startsWith("..")) {
      throw new IOException("the path \"" + path + "\" leads out of the task's folder");
    }
    try (DirectoryStream<Path> top = Files.newDirectoryStream(task)) {
      if (!(top instanceof SecureDirectoryStream<Path> folder)) {
        throw new IOException("this system has no handles of folders");
      }
      write(folder, below, jwt);
    }
  }

  private static void write(SecureDirectoryStream<Path> folder, Path path, String jwt)
      throws IOException {
    if (path.getNameCount() > 1) {
      try (SecureDirectoryStream<Path> next =
          folder.newDirectoryStream(path.getName(0), LinkOption.NOFOLLOW_LINKS)) {
        write(next, path.subpath(1, path.getNameCount()), jwt);
      }
      return;
    }
    Path draft = Path.of("." + UUID.randomUUID());
    try (SeekableByteChannel out =
        folder.newByteChannel(
            draft,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")))) {
      ByteBuffer bytes = ByteBuffer.wrap(jwt.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
    }
    folder.move(draft, folder, path);
  }
}
