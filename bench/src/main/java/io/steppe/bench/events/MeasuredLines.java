package io.steppe.bench.events;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The lines of one client: which indexes came, and how old their events were. */
final class MeasuredLines {
  private static final Pattern LINE = Pattern.compile("^\\{\"Index\":(\\d+),");
  private static final Pattern CHANGED = Pattern.compile("\"ModifyTime\":(\\d+)");

  private final List<Long> indexes = new ArrayList<>();
  private final List<Long> nanos = new ArrayList<>();
  private byte[] partial = new byte[64 << 10];
  private int size;
  private int events;

  /** Takes the next bytes. */
  synchronized void add(ByteBuffer bytes) {
    long now = now();
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      if (next == '\n') {
        line(new String(partial, 0, size, StandardCharsets.UTF_8), now);
        size = 0;
      } else {
        if (size == partial.length) {
          partial = java.util.Arrays.copyOf(partial, size * 2);
        }
        partial[size++] = next;
      }
    }
  }

  private void line(String line, long now) {
    Matcher index = LINE.matcher(line);
    if (!index.find()) {
      return;
    }
    indexes.add(Long.parseLong(index.group(1)));
    for (Matcher changed = CHANGED.matcher(line); changed.find(); events++) {
      nanos.add(now - Long.parseLong(changed.group(1)));
    }
  }

  /** Indexes in the order they came. */
  synchronized List<Long> indexes() {
    return List.copyOf(indexes);
  }

  /** Nanoseconds from each event's change to its line. */
  synchronized List<Long> nanos() {
    return List.copyOf(nanos);
  }

  synchronized int events() {
    return events;
  }

  private static long now() {
    Instant now = Instant.now();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }
}
