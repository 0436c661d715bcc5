package io.steppe.e2e;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Registers jobs one after another and remembers those that were acknowledged, with their index,
 * until it is told to stop.
 */
final class RecordedWrites implements AutoCloseable {
  private final Api api;
  private final String prefix;
  private final List<Write> acknowledged = Collections.synchronizedList(new ArrayList<>());
  private final Thread thread;
  private volatile boolean over;
  private volatile long lastAnswer = System.nanoTime();
  private volatile long longestSilence;

  /** An acknowledged registration. */
  record Write(String job, long modifyIndex) {}

  RecordedWrites(Api api, String prefix) {
    this.api = api;
    this.prefix = prefix;
    this.thread = Thread.ofPlatform().name("recorded-writes").start(this::write);
  }

  /** What was acknowledged so far. */
  List<Write> acknowledged() {
    synchronized (acknowledged) {
      return List.copyOf(acknowledged);
    }
  }

  /** Nanoseconds of the longest time without an acknowledgement. */
  long longestSilence() {
    return Math.max(longestSilence, System.nanoTime() - lastAnswer);
  }

  @Override
  public void close() throws InterruptedException {
    over = true;
    thread.join();
  }

  private void write() {
    for (int i = 0; !over; i++) {
      // A job that no node fits: a write like others, without a task.
      ObjectNode job = Api.shellJob(prefix + i, "batch", 1, "true");
      job.putArray("Datacenters").add("nowhere");
      try {
        Api.Answer answer = api.send("PUT", "/v1/jobs", "{\"Job\":" + job + "}");
        if (answer.status() == 200) {
          acknowledged.add(new Write(prefix + i, answer.json().path("JobModifyIndex").asLong()));
          long now = System.nanoTime();
          longestSilence = Math.max(longestSilence, now - lastAnswer);
          lastAnswer = now;
        }
        TimeUnit.MILLISECONDS.sleep(20);
      } catch (IOException notAnswered) {
        pause();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
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
