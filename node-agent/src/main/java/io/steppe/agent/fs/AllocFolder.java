package io.steppe.agent.fs;

import io.steppe.agent.fs.Walk.Found;
import io.steppe.proto.v1.AllocFileInfo;
import io.steppe.rpc.Failure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The files of one allocation, each found by a {@link Walk}: nothing outside of its folder is
 * reached, and nothing of its tasks' secrets.
 */
final class AllocFolder {
  /** More entries of one folder are not listed. */
  static final int MOST_ENTRIES = 100_000;

  private static final Set<OpenOption> READ =
      Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

  private final Path root;
  private final FileThreads threads;

  AllocFolder(Path root, FileThreads threads) {
    this.root = root;
    this.threads = threads;
  }

  /** A path as failures show it. */
  Path shown(String path) {
    return AllocPaths.shown(root, path);
  }

  /**
   * The entries of a folder, by name. Links are shown, not followed.
   *
   * @throws Failure NOT_FOUND, INVALID
   */
  List<AllocFileInfo> list(String path) throws InterruptedException {
    return run(
        path,
        "open",
        found -> {
          requireOpen(found, path);
          if (!found.attributes().isDirectory()) {
            throw Failure.invalid("readdirent " + shown(path) + ": not a directory");
          }
          return entries(found, path);
        });
  }

  private List<AllocFileInfo> entries(Found found, String path) throws IOException {
    List<AllocFileInfo> entries = new ArrayList<>();
    try (SecureDirectoryStream<Path> folder =
        found.folder().newDirectoryStream(found.name(), LinkOption.NOFOLLOW_LINKS)) {
      for (Path entry : folder) {
        if (entries.size() == MOST_ENTRIES) {
          throw Failure.invalid(
              "readdirent " + shown(path) + ": more than " + MOST_ENTRIES + " entries");
        }
        Path name = entry.getFileName();
        attributes(folder, name)
            .ifPresent(
                attributes ->
                    entries.add(
                        FileInfos.of(name.toString(), found.path().resolve(name), attributes)));
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    entries.sort(Comparator.comparing(AllocFileInfo::getName));
    return entries;
  }

  private static Optional<PosixFileAttributes> attributes(
      SecureDirectoryStream<Path> folder, Path name) throws IOException {
    try {
      return Optional.of(
          folder
              .getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
              .readAttributes());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * A file with the kind of its content.
   *
   * @throws Failure NOT_FOUND, INVALID
   */
  AllocFileInfo describe(String path) throws InterruptedException {
    return run(
        path,
        "stat",
        found -> {
          if (!found.isSecretFolder()) {
            requireOpen(found, path);
          }
          Path real = found.path();
          Path name = real.getFileName();
          AllocFileInfo info =
              FileInfos.of(name == null ? "/" : name.toString(), real, found.attributes());
          String type = ContentType.BYTES;
          if (found.attributes().isRegularFile()) {
            try (FileChannel channel = open(found)) {
              type = ContentType.of(info.getName(), channel);
            }
          }
          return info.toBuilder().setContentType(type).build();
        });
  }

  /**
   * Opens a file for its bytes. Only plain files are opened: a pipe or a device would never answer.
   *
   * @throws Failure NOT_FOUND, INVALID
   */
  OpenFile open(String path) throws InterruptedException {
    return run(
        path,
        "stat",
        found -> {
          requireOpen(found, path);
          if (found.attributes().isDirectory()) {
            throw Failure.invalid("file \"" + path + "\" is a directory");
          }
          if (!found.attributes().isRegularFile()) {
            throw Failure.invalid("file \"" + path + "\" is not a regular file");
          }
          return new OpenFile(
              open(found), found.path(), found.attributes().fileKey(), () -> keyOf(path));
        });
  }

  /** Whether there is a plain file. */
  boolean has(String path) throws InterruptedException {
    try {
      return run(path, "stat", found -> found.attributes().isRegularFile());
    } catch (Failure e) {
      return false;
    }
  }

  /** What tells the file at a path from others; empty when there is none. */
  private Optional<Object> keyOf(String path) throws InterruptedException {
    try {
      return Optional.of(run(path, "stat", found -> found.attributes().fileKey()));
    } catch (Failure e) {
      return Optional.empty();
    }
  }

  private static FileChannel open(Found found) throws IOException {
    SeekableByteChannel channel = found.folder().newByteChannel(found.name(), READ);
    if (channel instanceof FileChannel file) {
      return file;
    }
    channel.close();
    throw new IOException("no file");
  }

  private static void requireOpen(Found found, String path) {
    if (found.isSecret()) {
      throw Failure.invalid("Reading secret file prohibited: " + path);
    }
  }

  private <T> T run(String path, String verb, Walk.Use<T> use) throws InterruptedException {
    Path shown = shown(path);
    try {
      return threads.run(root, () -> Walk.to(root, path, verb, use));
    } catch (IOException e) {
      throw AllocPaths.failure(shown, "open", e);
    }
  }
}
