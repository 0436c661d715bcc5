package io.steppe.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Looks at a job's allocations again and again and remembers how few of them were healthy. */
final class HealthSamples implements AutoCloseable {
  private static final long LOOK_AGAIN_MILLIS = 20;

  private final Api api;
  private final String job;
  private final Duration minHealthy;
  private final Thread thread;
  private volatile boolean over;
  private volatile int count;
  private volatile int unanswered;
  private volatile long fewest = Long.MAX_VALUE;
  private volatile String worst = "";
  private volatile Exception failure;

  /**
   * @param minHealthy how long a task has to run to count
   */
  HealthSamples(Api api, String job, Duration minHealthy) {
    this.api = api;
    this.job = job;
    this.minHealthy = minHealthy;
    thread = Thread.ofVirtual().start(this::look);
  }

  int count() {
    return count;
  }

  /** Looks that got no answer, as while the services are killed. */
  int unanswered() {
    return unanswered;
  }

  long fewest() {
    return fewest;
  }

  /** The allocations when the fewest were healthy. */
  String worst() {
    return worst;
  }

  /** A look that broke would hide what it did not see. */
  void requireNoFailure() throws Exception {
    if (failure != null) {
      throw failure;
    }
  }

  static boolean runs(JsonNode allocation) {
    return allocation.path("ClientStatus").asText().equals("running")
        && allocation.path("DesiredStatus").asText().equals("run");
  }

  /** How many run, and have run for long enough. */
  static long healthy(List<JsonNode> allocations, Duration minHealthy) {
    Instant before = Instant.now().minus(minHealthy);
    return allocations.stream()
        .filter(HealthSamples::runs)
        .map(a -> a.path("TaskStates").path("main").path("StartedAt").asText(""))
        .filter(started -> !started.isEmpty() && !Instant.parse(started).isAfter(before))
        .count();
  }

  private void look() {
    while (!over) {
      try {
        Api.Answer answer = api.send("GET", "/v1/job/" + job + "/allocations", null);
        if (answer.status() == 200) {
          take(answer);
        } else {
          unanswered++;
        }
        TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (Exception e) {
        failure = e;
        return;
      }
    }
  }

  private void take(Api.Answer answer) {
    List<JsonNode> allocations = new ArrayList<>();
    answer.json().forEach(allocations::add);
    long healthy = healthy(allocations, minHealthy);
    count++;
    if (healthy < fewest) {
      fewest = healthy;
      worst = answer.body();
    }
  }

  @Override
  public void close() throws InterruptedException {
    over = true;
    thread.join();
  }
}
