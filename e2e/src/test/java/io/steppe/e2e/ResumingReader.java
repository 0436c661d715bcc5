package io.steppe.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A client of the event stream that comes back with its index whenever its connection breaks. */
final class ResumingReader implements AutoCloseable {
  private final Api api;
  private final List<JsonNode> lines = new ArrayList<>();
  private final Thread thread;
  private volatile boolean over;
  private volatile int comebacks;
  private volatile long last;

  ResumingReader(Api api) {
    this.api = api;
    this.thread = Thread.ofVirtual().name("reader").start(this::read);
  }

  /** Index of the last line. */
  long last() {
    return last;
  }

  /** How often it came back. */
  int comebacks() {
    return comebacks;
  }

  /** Lines up to an index, in the order they came, heartbeats left out. */
  List<JsonNode> upTo(long index) {
    synchronized (lines) {
      return lines.stream().filter(line -> line.path("Index").asLong() <= index).toList();
    }
  }

  @Override
  public void close() {
    over = true;
    thread.interrupt();
  }

  private void read() {
    while (!over) {
      try (BufferedReader stream =
          api.lines("/v1/event/stream?topic=*&namespace=*&index=" + (last + 1))) {
        for (String text = stream.readLine(); text != null && !over; text = stream.readLine()) {
          add(Api.parse(text));
        }
      } catch (IOException | AssertionError broken) {
        pause();
      } catch (InterruptedException closed) {
        return;
      }
      comebacks++;
    }
  }

  private void add(JsonNode line) {
    if (line.has("Index")) {
      synchronized (lines) {
        lines.add(line);
      }
      last = line.path("Index").asLong();
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
