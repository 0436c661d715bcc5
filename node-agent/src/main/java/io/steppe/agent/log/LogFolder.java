package io.steppe.agent.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * The folder of log files, through a handle. Tasks write in it too: the agent, who may be root,
 * follows no link there and writes into nothing but plain files.
 */
final class LogFolder implements AutoCloseable {
  private final SecureDirectoryStream<Path> handle;
  private final String prefix;

  private LogFolder(SecureDirectoryStream<Path> handle, String prefix) {
    this.handle = handle;
    this.prefix = prefix;
  }

  /**
   * Opens it. Its own name and its parent's may be changed by tasks.
   *
   * @param prefix of the names of the files that count
   */
  static LogFolder open(Path folder, String prefix) throws IOException {
    Path shared = folder.getParent();
    try (SecureDirectoryStream<Path> root = held(Files.newDirectoryStream(shared.getParent()));
        SecureDirectoryStream<Path> parent =
            root.newDirectoryStream(shared.getFileName(), LinkOption.NOFOLLOW_LINKS)) {
      return new LogFolder(
          parent.newDirectoryStream(folder.getFileName(), LinkOption.NOFOLLOW_LINKS), prefix);
    }
  }

  private static SecureDirectoryStream<Path> held(DirectoryStream<Path> opened) throws IOException {
    if (opened instanceof SecureDirectoryStream<Path> secure) {
      return secure;
    }
    opened.close();
    throw new IOException("folders can't be held on this system");
  }

  /** Sizes of the files, by number. Read once. */
  NavigableMap<Long, Long> sizes() throws IOException {
    NavigableMap<Long, Long> sizes = new TreeMap<>();
    try {
      for (Path path : handle) {
        OptionalLong index = LogFiles.index(path.getFileName().toString(), prefix);
        if (index.isPresent()) {
          size(path.getFileName()).ifPresent(size -> sizes.put(index.getAsLong(), size));
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return sizes;
  }

  private OptionalLong size(Path name) throws IOException {
    try {
      BasicFileAttributes attributes = attributes(name);
      return OptionalLong.of(attributes.isRegularFile() ? attributes.size() : 0);
    } catch (NoSuchFileException e) {
      return OptionalLong.empty();
    }
  }

  private BasicFileAttributes attributes(Path name) throws IOException {
    return handle
        .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .readAttributes();
  }

  /** Opens a file to write on, made if need be; what is no plain file is removed first. */
  FileChannel write(long index) throws IOException {
    Path name = Path.of(prefix + index);
    try {
      if (attributes(name).isRegularFile()) {
        return channel(name, Set.of(StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
      }
      handle.deleteFile(name);
    } catch (NoSuchFileException e) {
      return create(name);
    }
    return create(name);
  }

  private FileChannel create(Path name) throws IOException {
    try {
      return channel(
          name,
          Set.of(
              StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, LinkOption.NOFOLLOW_LINKS));
    } catch (FileAlreadyExistsException e) {
      throw new IOException("something else took the place of log file " + name, e);
    }
  }

  private FileChannel channel(Path name, Set<OpenOption> how) throws IOException {
    SeekableByteChannel channel = handle.newByteChannel(name, how);
    if (channel instanceof FileChannel file) {
      return file;
    }
    channel.close();
    throw new IOException("no file");
  }

  /** Removes a file, if it is there. */
  void delete(long index) throws IOException {
    try {
      handle.deleteFile(Path.of(prefix + index));
    } catch (NoSuchFileException e) {
      return;
    }
  }

  @Override
  public void close() throws IOException {
    handle.close();
  }
}
