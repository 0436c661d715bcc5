package io.steppe.agent.check;

import io.steppe.agent.alloc.AllocRunner;
import io.steppe.agent.alloc.AllocWatcher.Standing;
import io.steppe.proto.v1.AllocCheckStatus;
import io.steppe.proto.v1.AllocCheckStatuses;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The checks of one allocation while what they look at runs. */
final class AllocChecks {
  private final AllocRunner runner;
  private final List<CheckSpec> specs;
  private final Checks.Means means;
  private final Map<String, Watched> watched = new LinkedHashMap<>();
  private Optional<Boolean> told = Optional.empty();

  AllocChecks(AllocRunner runner, List<CheckSpec> specs, Checks.Means means) {
    this.runner = runner;
    this.specs = specs;
    this.means = means;
  }

  List<CheckSpec> specs() {
    return specs;
  }

  /** Checks what runs now, and nothing else. */
  synchronized void follow(Standing now) {
    for (CheckSpec spec : specs) {
      Map<String, Integer> runs = now.ending() ? Map.of() : subject(spec, now.runs());
      Watched before = watched.get(spec.id());
      if (before != null && (runs.isEmpty() || !before.goesOn(runs))) {
        before.stop();
        watched.remove(spec.id());
        before = null;
      }
      if (before == null && !runs.isEmpty()) {
        var next = new Watched(spec, runs, means.clock().instant());
        watched.put(spec.id(), next);
        next.after(firstWait(spec));
      }
    }
    tell();
  }

  /** Of the group's service all its tasks are the subject. */
  private static Map<String, Integer> subject(CheckSpec spec, Map<String, Integer> runs) {
    if (spec.task().isEmpty()) {
      return runs;
    }
    Integer run = runs.get(spec.task());
    return run == null ? Map.of() : Map.of(spec.task(), run);
  }

  /** Spread, so that a node that starts does not ask everybody in one moment. */
  private Duration firstWait(CheckSpec spec) {
    Duration most = Duration.ofSeconds(1);
    Duration span = spec.interval().compareTo(most) < 0 ? spec.interval() : most;
    return Duration.ofNanos((long) (span.toNanos() * means.random().getAsDouble()));
  }

  synchronized void stop() {
    watched.values().forEach(Watched::stop);
    watched.clear();
  }

  synchronized AllocCheckStatuses statuses() {
    var all = AllocCheckStatuses.newBuilder();
    watched.forEach((id, one) -> all.putChecks(id, one.status));
    return all.build();
  }

  /** Tells whether all that a deployment waits for is well, when that changed. */
  private void tell() {
    boolean well =
        specs.stream()
            .filter(spec -> !spec.readiness())
            .allMatch(
                spec -> {
                  Watched one = watched.get(spec.id());
                  return one != null && one.status.getStatus().equals("success");
                });
    if (!told.equals(Optional.of(well)) && !specs.isEmpty()) {
      told = Optional.of(well);
      runner.checksPass(well);
    }
  }

  /** One check under way. */
  private final class Watched {
    private final CheckSpec spec;
    private Map<String, Integer> runs;
    private Instant since;
    private Tally tally = Tally.NONE;
    private AllocCheckStatus status;
    private Future<?> next = CompletableFuture.completedFuture(null);
    private boolean stopped;

    Watched(CheckSpec spec, Map<String, Integer> runs, Instant since) {
      this.spec = spec;
      this.runs = runs;
      this.since = since;
      this.status =
          AllocCheckStatus.newBuilder()
              .setId(spec.id())
              .setCheck(spec.name())
              .setGroup(spec.group())
              .setMode(spec.mode())
              .setOutput("nomad: waiting to run")
              .setService(spec.service())
              .setTask(spec.task())
              .setStatus(spec.initialStatus())
              .setTimestamp(since.getEpochSecond())
              .build();
    }

    /** A task's check ends with its run; that of a group only counts failures anew. */
    boolean goesOn(Map<String, Integer> now) {
      boolean same =
          now.entrySet().stream()
              .allMatch(entry -> entry.getValue().equals(runs.getOrDefault(entry.getKey(), -1)));
      if (!same && !spec.task().isEmpty()) {
        return false;
      }
      if (!same) {
        since = means.clock().instant();
        tally = Tally.NONE;
      }
      runs = now;
      return true;
    }

    void after(Duration wait) {
      next =
          means
              .timer()
              .schedule(
                  () -> means.executor().execute(this::look),
                  Math.max(0, wait.toNanos()),
                  TimeUnit.NANOSECONDS);
    }

    private void look() {
      try {
        Instant began = means.clock().instant();
        Outcome outcome = means.prober().probe(spec, runner);
        synchronized (AllocChecks.this) {
          if (!stopped) {
            take(outcome);
            after(spec.interval().minus(Duration.between(began, means.clock().instant())));
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void take(Outcome outcome) {
      Instant now = means.clock().instant();
      boolean well =
          switch (outcome.kind()) {
            case PASS -> true;
            case WARN -> spec.warningsPass();
            case FAIL -> false;
          };
      status =
          status.toBuilder()
              .setStatus(well ? "success" : "failure")
              .setStatusCode(outcome.code())
              .setOutput(outcome.output())
              .setTimestamp(now.getEpochSecond())
              .build();
      tally = tally.after(outcome, spec.restart(), Duration.between(since, now));
      if (tally.due()) {
        String owner = spec.restart().map(CheckSpec.RestartRule::task).orElse("");
        runs.forEach(
            (task, run) -> {
              if (owner.isEmpty() || owner.equals(task)) {
                runner.unhealthy(task, run, "healthcheck: check \"" + spec.name() + "\" unhealthy");
              }
            });
      }
      tell();
    }

    void stop() {
      stopped = true;
      next.cancel(false);
    }
  }
}
