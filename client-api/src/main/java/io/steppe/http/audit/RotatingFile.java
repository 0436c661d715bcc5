package io.steppe.http.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A file of lines that is put aside when it is too large or too old: {@code audit.log} becomes
 * {@code audit-20261126T153000.000Z.log}. Used by one thread.
 */
final class RotatingFile implements Sink {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSSSSSSSS'Z'").withZone(ZoneOffset.UTC);

  /**
   * When it is put aside.
   *
   * @param files that are kept besides; 0 for all
   */
  record Bounds(long bytes, Duration age, int files) {}

  private final Path path;
  private final Set<PosixFilePermission> mode;
  private final Bounds bounds;
  private final InstantSource clock;
  private Optional<FileChannel> file = Optional.empty();
  private Instant begun = Instant.MIN;

  RotatingFile(Path path, Set<PosixFilePermission> mode, Bounds bounds, InstantSource clock) {
    this.path = path.toAbsolutePath();
    this.mode = Set.copyOf(mode);
    this.bounds = bounds;
    this.clock = clock;
  }

  /**
   * Rights from octal digits.
   *
   * @throws IllegalArgumentException for what is none
   */
  static Set<PosixFilePermission> mode(String octal) {
    int bits = Integer.parseInt(octal, 8);
    PosixFilePermission[] all = PosixFilePermission.values();
    Set<PosixFilePermission> mode = EnumSet.noneOf(PosixFilePermission.class);
    for (int i = 0; i < all.length; i++) {
      if ((bits & (1 << (all.length - 1 - i))) != 0) {
        mode.add(all[i]);
      }
    }
    return mode;
  }

  @Override
  public void write(List<byte[]> lines) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(lines.stream().mapToInt(line -> line.length).sum());
    lines.forEach(bytes::put);
    bytes.flip();
    FileChannel to = opened(bytes.remaining());
    long start = to.size();
    try {
      while (bytes.hasRemaining()) {
        to.write(bytes);
      }
    } catch (IOException e) {
      // Half a line would be one more than once when it is tried again.
      to.truncate(start);
      throw e;
    }
  }

  private FileChannel opened(int more) throws IOException {
    if (file.isPresent()) {
      boolean large = file.get().size() > 0 && file.get().size() + more > bounds.bytes();
      boolean old = !clock.instant().isBefore(begun.plus(bounds.age()));
      boolean gone = !Files.exists(path);
      if (large || old) {
        close();
        putAside();
      } else if (gone) {
        close();
      }
    }
    if (file.isEmpty()) {
      file = Optional.of(open());
    }
    return file.get();
  }

  private FileChannel open() throws IOException {
    Files.createDirectories(path.getParent());
    FileChannel opened =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            PosixFilePermissions.asFileAttribute(mode));
    begun = opened.size() == 0 ? clock.instant() : Files.getLastModifiedTime(path).toInstant();
    return opened;
  }

  private void putAside() throws IOException {
    try {
      Files.move(path, path.resolveSibling(name("-" + STAMP.format(clock.instant()))));
    } catch (NoSuchFileException moved) {
      return;
    }
    if (bounds.files() > 0) {
      List<Path> aside = aside();
      for (Path old : aside.subList(0, Math.max(0, aside.size() - bounds.files()))) {
        Files.deleteIfExists(old);
      }
    }
  }

  /** Files put aside, the oldest first. */
  private List<Path> aside() throws IOException {
    String[] around = name("\0").split("\0", -1);
    int length = name("-" + STAMP.format(Instant.EPOCH)).length();
    try (Stream<Path> files = Files.list(path.getParent())) {
      return files
          .filter(
              file -> {
                String name = file.getFileName().toString();
                return name.length() == length
                    && name.startsWith(around[0] + "-")
                    && name.endsWith(around[1]);
              })
          .sorted(Comparator.comparing(Path::toString))
          .toList();
    }
  }

  private String name(String inserted) {
    String name = path.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot < 1 ? name + inserted : name.substring(0, dot) + inserted + name.substring(dot);
  }

  @Override
  public void close() throws IOException {
    if (file.isPresent()) {
      FileChannel open = file.get();
      file = Optional.empty();
      open.close();
    }
  }
}
