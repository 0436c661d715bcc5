package io.steppe.agent.log;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Carries one stream of a task's output from its spool into numbered log files. The task appends to
 * the spool; file N holds bytes [N * max, (N + 1) * max) of it. So the files themselves say how far
 * the copy got, and a copy that was cut off at any instant goes on where it was, with no byte lost
 * or doubled. Used by one thread at a time.
 */
public final class LogStream implements AutoCloseable {
  /** The spool's space is given back each time so many bytes were copied. */
  private static final long PUNCH_BYTES = 4 << 20;

  /**
   * What was written while no agent copied goes into files at once, faster than anyone reads. So
   * long as many files more are kept, for followers to come back and read on: they take the space
   * that the spool gives back.
   */
  private static final Duration RETURN = Duration.ofSeconds(20);

  private final Path spool;
  private final Path floorFile;
  private final Path folder;
  private final String prefix;
  private final int maxFiles;
  private final long maxBytes;
  private final LongSupplier clock;

  private FileChannel from;
  private FileChannel to;
  private long toIndex = -1;
  private long position = -1;
  private long punched;
  private long keepUntil;
  private long extraFiles;

  /**
   * @param spool the file the task appends to
   * @param folder where the log files are
   * @param prefix of their names, which end in the number
   * @param maxFiles how many are kept
   * @param maxBytes size of each
   * @param clock nanoseconds, as of {@link System#nanoTime}
   */
  public LogStream(
      Path spool, Path folder, String prefix, int maxFiles, long maxBytes, LongSupplier clock) {
    this.clock = clock;
    this.spool = spool;
    this.floorFile = spool.resolveSibling(spool.getFileName() + ".copied");
    this.folder = folder;
    this.prefix = prefix;
    this.maxFiles = maxFiles;
    this.maxBytes = maxBytes;
  }

  /** Copies all there is. Returns how many bytes that were. */
  public long copy() throws IOException {
    if (from == null && !open()) {
      return 0;
    }
    long before = position;
    while (copyOnce()) {
      punchIfDue();
    }
    if (extraFiles > 0 && clock.getAsLong() - keepUntil >= 0) {
      removeOldest();
    }
    return position - before;
  }

  private boolean copyOnce() throws IOException {
    long index = position / maxBytes;
    if (index != toIndex) {
      rotate(index);
    }
    long room = (index + 1) * maxBytes - position;
    to.position(position % maxBytes);
    long copied = from.transferTo(position, room, to);
    position += copied;
    return copied > 0;
  }

  private boolean open() throws IOException {
    try {
      from = FileChannel.open(spool, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      return false;
    }
    long floor = floor();
    position = Math.max(floor, copiedBefore(from.size()));
    extraFiles = position > 0 ? (from.size() - position) / maxBytes : 0;
    keepUntil = clock.getAsLong() + RETURN.toNanos();
    punched = floor;
    return true;
  }

  /** How far the files say the copy got; files that can't be of this spool don't count. */
  private long copiedBefore(long spooled) throws IOException {
    long copied = 0;
    try (LogFolder files = LogFolder.open(folder, prefix)) {
      for (var file : files.sizes().entrySet()) {
        long end = file.getKey() * maxBytes + Math.min(maxBytes, file.getValue());
        if (end <= spooled) {
          copied = Math.max(copied, end);
        }
      }
    }
    return copied;
  }

  private void rotate(long index) throws IOException {
    try (LogFolder files = LogFolder.open(folder, prefix)) {
      FileChannel next = files.write(index);
      if (to != null) {
        to.close();
      }
      to = next;
      toIndex = index;
      removeOldest(files);
    }
  }

  private void removeOldest() throws IOException {
    try (LogFolder files = LogFolder.open(folder, prefix)) {
      removeOldest(files);
    }
  }

  private void removeOldest(LogFolder files) throws IOException {
    if (clock.getAsLong() - keepUntil >= 0) {
      extraFiles = 0;
    }
    long last = toIndex - maxFiles - extraFiles;
    for (long old : files.sizes().headMap(last, true).keySet()) {
      files.delete(old);
    }
  }

  private long floor() throws IOException {
    try {
      return Long.parseLong(Files.readString(floorFile).strip());
    } catch (NoSuchFileException | NumberFormatException e) {
      return 0;
    }
  }

  /** Gives back the space of what was copied. What may be gone is written down first. */
  private void punchIfDue() throws IOException {
    if (position - punched < PUNCH_BYTES) {
      return;
    }
    Path next = floorFile.resolveSibling(floorFile.getFileName() + ".new");
    Files.writeString(next, position + "\n");
    Files.move(next, floorFile, StandardCopyOption.ATOMIC_MOVE);
    Holes.punch(spool, punched, position - punched);
    punched = position;
  }

  /** Ends the stream for good: its task will not write again. */
  public void finish() throws IOException {
    if (extraFiles > 0) {
      keepUntil = clock.getAsLong();
      removeOldest();
    }
    close();
    Files.deleteIfExists(spool);
    Files.deleteIfExists(floorFile);
  }

  @Override
  public void close() throws IOException {
    if (from != null) {
      from.close();
      from = null;
    }
    if (to != null) {
      to.close();
      to = null;
      toIndex = -1;
    }
  }
}
