package io.steppe.alloc.evaluation;

import io.steppe.alloc.view.JobKey;
import io.steppe.proto.v1.Evaluation;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Evaluations that can be decided now. One of a job at a time, the newest first, since its plan
 * does the work of the older ones; jobs by priority, then by age. It holds open evaluations of the
 * view and no more, so the state bounds it.
 */
final class EvaluationQueue {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition offered = lock.newCondition();
  private final Map<JobKey, Line> lines = new HashMap<>();
  private final TreeSet<Line> available =
      new TreeSet<>(
          Comparator.comparingLong((Line line) -> -line.priority)
              .thenComparingLong(line -> line.age)
              .thenComparing(line -> line.key));
  private final Set<JobKey> busy = new HashSet<>();
  private boolean closed;
  private boolean paused;

  /** The evaluations of a job, the newest last. */
  private static final class Line {
    private final JobKey key;
    private final TreeMap<Long, Map<String, Evaluation>> byIndex = new TreeMap<>();
    private final TreeMap<Long, Integer> numberByPriority = new TreeMap<>();
    private long priority;
    private long age;

    private Line(JobKey key) {
      this.key = key;
    }

    private void add(Evaluation evaluation) {
      var before =
          byIndex
              .computeIfAbsent(evaluation.getCreateIndex(), index -> new HashMap<>())
              .put(evaluation.getId(), evaluation);
      numberByPriority.merge(evaluation.getPriority(), 1, Integer::sum);
      forget(before);
    }

    private void remove(Evaluation evaluation) {
      var same = byIndex.get(evaluation.getCreateIndex());
      if (same != null) {
        forget(same.remove(evaluation.getId()));
        if (same.isEmpty()) {
          byIndex.remove(evaluation.getCreateIndex());
        }
      }
    }

    private void forget(Evaluation before) {
      if (before != null) {
        numberByPriority.computeIfPresent(
            before.getPriority(), (same, number) -> number == 1 ? null : number - 1);
      }
    }

    private void rank() {
      priority = numberByPriority.isEmpty() ? 0 : numberByPriority.lastKey();
      age = byIndex.isEmpty() ? 0 : byIndex.firstKey();
    }
  }

  /** Adds an evaluation, or replaces the one with its id. */
  void offer(Evaluation evaluation) {
    lock.lock();
    try {
      change(JobKey.of(evaluation), line -> line.add(evaluation));
      offered.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Takes one out that is closed or is somebody else's. */
  void remove(Evaluation evaluation) {
    lock.lock();
    try {
      change(JobKey.of(evaluation), line -> line.remove(evaluation));
    } finally {
      lock.unlock();
    }
  }

  /** Forgets all that are not taken. */
  void clear() {
    lock.lock();
    try {
      lines.clear();
      available.clear();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for an evaluation and takes it; its job gives no other until {@link #done}. Empty once
   * the queue is closed, or whoever waits is not wanted any more.
   */
  Optional<Evaluation> take(BooleanSupplier wanted) throws InterruptedException {
    lock.lock();
    try {
      while ((available.isEmpty() || paused) && !closed && wanted.getAsBoolean()) {
        offered.await();
      }
      if (closed || !wanted.getAsBoolean()) {
        // What woke this one may be for another.
        offered.signal();
        return Optional.empty();
      }
      var line = available.first();
      var newest = line.byIndex.lastEntry().getValue().values().iterator().next();
      busy.add(line.key);
      change(line.key, taken -> taken.remove(newest));
      return Optional.of(newest);
    } finally {
      lock.unlock();
    }
  }

  /** Gives nothing until told otherwise. */
  void pause(boolean changed) {
    lock.lock();
    try {
      if (paused != changed) {
        paused = changed;
        offered.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether it gives nothing. */
  boolean isPaused() {
    lock.lock();
    try {
      return paused;
    } finally {
      lock.unlock();
    }
  }

  /** Has all who wait look whether they are wanted still. */
  void wake() {
    lock.lock();
    try {
      offered.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The job may give its next evaluation. */
  void done(JobKey key) {
    lock.lock();
    try {
      busy.remove(key);
      change(key, line -> {});
      offered.signal();
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      offered.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void change(JobKey key, java.util.function.Consumer<Line> what) {
    var line = lines.computeIfAbsent(key, Line::new);
    available.remove(line);
    what.accept(line);
    line.rank();
    if (line.byIndex.isEmpty()) {
      lines.remove(key);
    } else if (!busy.contains(key)) {
      available.add(line);
    }
  }
}
