package io.steppe.bench.events;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/**
 * The lines of one client: which indexes came, and how old their events were. Looks at bytes and
 * reads no JSON, so that measuring costs less than what it measures.
 */
final class MeasuredLines {
  private static final byte[] LINE = "{\"Index\":".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CHANGED = "\"ModifyTime\":".getBytes(StandardCharsets.US_ASCII);

  private final Numbers indexes = new Numbers();
  private final Numbers nanos = new Numbers();
  private byte[] bytes = new byte[64 << 10];
  private int size;

  /** Numbers that grow in number. */
  private static final class Numbers {
    private long[] values = new long[1 << 14];
    private int count;

    void add(long value) {
      if (count == values.length) {
        values = Arrays.copyOf(values, 2 * count);
      }
      values[count++] = value;
    }

    List<Long> list() {
      return LongStream.of(values).limit(count).boxed().toList();
    }
  }

  /** Takes the next bytes. */
  synchronized void add(ByteBuffer more) {
    long now = now();
    int count = more.remaining();
    if (size + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + count));
    }
    more.get(bytes, size, count);
    int start = 0;
    for (int i = size; i < size + count; i++) {
      if (bytes[i] == '\n') {
        line(start, i, now);
        start = i + 1;
      }
    }
    size = size + count - start;
    System.arraycopy(bytes, start, bytes, 0, size);
  }

  private void line(int from, int to, long now) {
    if (!Arrays.equals(bytes, from, Math.min(to, from + LINE.length), LINE, 0, LINE.length)) {
      return;
    }
    indexes.add(number(from + LINE.length));
    int last = to - CHANGED.length;
    for (int i = from; i <= last; i++) {
      if (bytes[i] == CHANGED[0]
          && bytes[i + 1] == CHANGED[1]
          && bytes[i + 7] == CHANGED[7]
          && Arrays.equals(bytes, i, i + CHANGED.length, CHANGED, 0, CHANGED.length)) {
        nanos.add(now - number(i + CHANGED.length));
        i += CHANGED.length;
      }
    }
  }

  private long number(int from) {
    long number = 0;
    for (int i = from; bytes[i] >= '0' && bytes[i] <= '9'; i++) {
      number = 10 * number + bytes[i] - '0';
    }
    return number;
  }

  /** Indexes in the order they came. */
  synchronized List<Long> indexes() {
    return indexes.list();
  }

  /** Nanoseconds from each event's change to its line. */
  synchronized List<Long> nanos() {
    return nanos.list();
  }

  synchronized int events() {
    return nanos.count;
  }

  private static long now() {
    Instant now = Instant.now();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }
}
