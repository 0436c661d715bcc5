package io.steppe.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Keeps the logs of the cluster's processes small: a file that grew beyond its bound is copied
 * aside, in place of the copy before it, and emptied. The processes keep appending to the same
 * file, so this needs nothing of them.
 */
final class BoundedLogs {
  private final Path folder;
  private final long bound;

  /**
   * @param bound bytes of one file; its copy may be as large
   */
  BoundedLogs(Path folder, long bound) {
    this.folder = folder;
    this.bound = bound;
  }

  /** Looks at every log once. */
  void trim() {
    try (var logs = Files.newDirectoryStream(folder, "*.log")) {
      for (Path log : logs) {
        if (Files.size(log) > bound) {
          Files.copy(
              log,
              log.resolveSibling(log.getFileName() + ".1"),
              StandardCopyOption.REPLACE_EXISTING);
          try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
            channel.truncate(0);
          }
        }
      }
    } catch (NoSuchFileException gone) {
      return;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
