package io.steppe.agent.docker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/**
 * Copies a container's output from the engine's log to the task's spools, each byte once. The log
 * has entries with times. Now and then the place is written down: an entry, and how long the spool
 * was after it. Who begins anew looks the entry up, and skips what the spool has beyond it.
 */
final class OutputCopy implements AutoCloseable {
  private static final long MARK_EVERY = 1 << 20;
  private static final int MARGIN_SECONDS = 2;

  /**
   * A place in an output.
   *
   * @param time of the last entry copied
   * @param same how many entries of that very time were
   * @param offset of the spool after it
   */
  record Mark(Instant time, long same, long offset) {}

  /** One of the two outputs. */
  private static final class Output {
    private final FileChannel spool;
    private final Mark from;
    private Mark mark;
    private long seen;
    private long skip;

    Output(Path file, Optional<Mark> known) throws IOException {
      spool =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
      mark = known.orElse(new Mark(Instant.EPOCH, 0, spool.size()));
      from = mark;
      skip = spool.size() - mark.offset();
    }

    void take(Instant time, byte[] bytes, int offset) throws IOException {
      if (time.isBefore(from.time())) {
        return;
      }
      if (time.equals(from.time()) && seen < from.same()) {
        seen++;
        return;
      }
      int length = bytes.length - offset;
      int dropped = (int) Math.min(skip, length);
      skip -= dropped;
      ByteBuffer rest = ByteBuffer.wrap(bytes, offset + dropped, length - dropped);
      while (rest.hasRemaining()) {
        spool.write(rest);
      }
      long same = time.equals(mark.time()) ? mark.same() + 1 : 1;
      mark = new Mark(time, same, mark.offset() + length);
    }
  }

  private final Path file;
  private final List<Output> outputs;
  private long marked;

  /** Goes on where an earlier copy of the run stood, or begins at the end of the spools. */
  OutputCopy(Path home, int run) throws IOException {
    this.file = home.resolve("output." + run);
    List<Mark> known = Files.exists(file) ? read(file) : List.of();
    Output stdout = new Output(home.resolve("stdout"), known.stream().findFirst());
    Output stderr = new Output(home.resolve("stderr"), known.stream().skip(1).findFirst());
    this.outputs = List.of(stdout, stderr);
    if (known.isEmpty()) {
      save();
    }
    marked = copied();
  }

  private static List<Mark> read(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .map(line -> line.split(" "))
        .map(
            fields ->
                new Mark(
                    Instant.parse(fields[0]), Long.parseLong(fields[1]), Long.parseLong(fields[2])))
        .toList();
  }

  /** From which second on the engine's log is wanted; 0 for all of it. */
  long since() {
    long earliest =
        outputs.stream().mapToLong(output -> output.mark.time().getEpochSecond()).min().orElse(0);
    return Math.max(0, earliest - MARGIN_SECONDS);
  }

  /** Copies what frames bring until they end. */
  void copy(Frames frames) throws IOException {
    for (var frame = frames.next(); frame.isPresent(); frame = frames.next()) {
      byte[] bytes = frame.get().bytes();
      int space = 0;
      while (space < bytes.length && bytes[space] != ' ') {
        space++;
      }
      Instant time = time(new String(bytes, 0, space, StandardCharsets.US_ASCII));
      outputs
          .get(frame.get().stderr() ? 1 : 0)
          .take(time, bytes, Math.min(bytes.length, space + 1));
      if (copied() - marked > MARK_EVERY) {
        save();
      }
    }
    save();
  }

  private static Instant time(String text) throws IOException {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeParseException e) {
      throw new IOException("an entry of the engine's log has no time: " + text, e);
    }
  }

  private long copied() {
    return outputs.stream().mapToLong(output -> output.mark.offset()).sum();
  }

  private void save() throws IOException {
    var text = new StringBuilder();
    for (Output output : outputs) {
      Mark mark = output.mark;
      text.append(mark.time()).append(' ').append(mark.same());
      text.append(' ').append(mark.offset()).append('\n');
    }
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.writeString(next, text);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    marked = copied();
  }

  @Override
  public void close() throws IOException {
    for (Output output : outputs) {
      output.spool.close();
    }
  }
}
