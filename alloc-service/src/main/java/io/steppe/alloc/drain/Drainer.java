package io.steppe.alloc.drain;

import io.steppe.alloc.evaluation.Ownership;
import io.steppe.alloc.scheduler.Statuses;
import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Ids;
import io.steppe.alloc.view.JobKey;
import io.steppe.ledger.Advance;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.LoggedChange;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.Allocation;
import io.steppe.rpc.v1.PlanReply;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;

/**
 * Empties nodes that are drained, job by job, each by the replica it belongs to. Follows the log
 * and looks at a job again when something of it changed or is due; all it knows is in the log, so
 * any replica can go on where another one stopped.
 */
public final class Drainer implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Drainer.class);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();

  /** Clocks may be set meanwhile: no wait for a time is longer than this. */
  private static final long LONGEST_WAIT_NANOS = Duration.ofSeconds(1).toNanos();

  private static final int THREADS = 4;

  private final Ledger<AllocView> ledger;
  private final InstantSource clock;
  private final Supplier<RandomGenerator> random;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Jobs to look at now. */
  private final TreeSet<JobKey> open = new TreeSet<>();

  /** Jobs with something on draining nodes, and when each is looked at again at the latest. */
  private final Map<JobKey, Long> watched = new HashMap<>();

  /** Jobs being looked at: each by one thread at a time. */
  private final Set<JobKey> busy = new HashSet<>();

  private final List<Thread> threads = new ArrayList<>();
  private AllocView view = AllocView.empty();
  private Ownership ownership;
  private AutoCloseable following = () -> {};
  private boolean closed;

  public Drainer(
      Ledger<AllocView> ledger,
      Ownership ownership,
      InstantSource clock,
      Supplier<RandomGenerator> random) {
    this.ledger = ledger;
    this.ownership = ownership;
    this.clock = clock;
    this.random = random;
  }

  /** Begins to work; the view need not be loaded yet. */
  public void start() {
    for (int i = 0; i < THREADS; i++) {
      threads.add(Thread.ofVirtual().name("drainer-" + i).start(this::work));
    }
    following = ledger.follow(this::follow);
  }

  /** The replicas changed: jobs are shared out anew. */
  public void share(Ownership shared) {
    lock.lock();
    try {
      if (!shared.equals(ownership)) {
        ownership = shared;
        openAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void follow(Advance<AllocView> step) {
    lock.lock();
    try {
      view = step.after().view();
      if (step.reloaded()) {
        openAll();
        return;
      }
      for (var logged : step.changes()) {
        switch (logged.change().table()) {
          case Tables.NODES -> nodeChanged(step.before().view(), logged.change().key());
          case Tables.ALLOCS -> allocationChanged(step.before().view(), logged);
          case Tables.JOBS -> reopen(JobKey.parse(logged.change().key()));
          default -> {
            // Other tables say nothing of drains.
          }
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void openAll() {
    open.clear();
    watched.clear();
    view.fleet().nodes().stream().filter(NodeFacts::draining).forEach(node -> openOn(node.id()));
  }

  private void nodeChanged(AllocView before, String node) {
    boolean drains = view.fleet().node(node).map(NodeFacts::draining).orElse(false);
    boolean drained = before.fleet().node(node).map(NodeFacts::draining).orElse(false);
    if (drains || drained) {
      openOn(node);
    }
  }

  private void openOn(String node) {
    view.allocationsOn(node).stream()
        .filter(each -> !Statuses.terminal(each))
        .map(JobKey::of)
        .distinct()
        .forEach(this::open);
  }

  /** System jobs wait for those of other jobs on their node, whoever those belong to. */
  private void allocationChanged(AllocView before, LoggedChange logged) {
    if (watched.isEmpty()) {
      return;
    }
    var id = logged.change().key();
    view.allocation(id)
        .or(() -> before.allocation(id))
        .ifPresent(
            allocation -> {
              reopen(JobKey.of(allocation));
              if (gone(id) && onDraining(allocation)) {
                view.allocationsOn(allocation.getNodeId()).stream()
                    .filter(each -> !Statuses.terminal(each))
                    .map(JobKey::of)
                    .distinct()
                    .forEach(this::reopen);
              }
            });
  }

  private boolean gone(String id) {
    return view.allocation(id).map(Statuses::clientTerminal).orElse(true);
  }

  private boolean onDraining(Allocation allocation) {
    return view.fleet().node(allocation.getNodeId()).map(NodeFacts::draining).orElse(false);
  }

  private void reopen(JobKey job) {
    if (watched.containsKey(job)) {
      open(job);
    }
  }

  private void open(JobKey job) {
    if (ownership.owns(job)) {
      watched.putIfAbsent(job, Long.MAX_VALUE);
      if (open.add(job)) {
        changed.signal();
      }
    }
  }

  private void work() {
    try {
      for (var job = next(); job.isPresent(); job = next()) {
        drain(job.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for a job to look at; empty when closed. */
  private Optional<JobKey> next() throws InterruptedException {
    lock.lock();
    try {
      while (!closed) {
        openDue();
        var job = open.stream().filter(each -> !busy.contains(each)).findFirst();
        if (job.isPresent()) {
          open.remove(job.get());
          busy.add(job.get());
          return job;
        }
        long due = watched.values().stream().mapToLong(at -> at).min().orElse(Long.MAX_VALUE);
        if (due == Long.MAX_VALUE) {
          changed.await();
        } else {
          changed.awaitNanos(Math.clamp(due - now(), 0, LONGEST_WAIT_NANOS));
        }
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private void openDue() {
    long now = now();
    watched.replaceAll(
        (job, due) -> {
          if (due > now) {
            return due;
          }
          open.add(job);
          return Long.MAX_VALUE;
        });
  }

  private void drain(JobKey job) {
    long again = Long.MAX_VALUE;
    boolean over = false;
    try {
      var draining = JobDrain.decide(viewNow(), job, now());
      if (draining.changes()) {
        ask(job, draining);
      }
      again = draining.next();
      over = draining.over();
    } catch (RuntimeException e) {
      LOG.warnf("Job %s is not drained, it is tried again: %s", job.id(), e.getMessage());
      again = now() + RETRY_NANOS;
    } finally {
      looked(job, again, over);
    }
  }

  private void ask(JobKey job, Draining draining) {
    var reply =
        ledger
            .commit("", PlanReply.parser(), new DrainJob(job, Ids.from(random.get())))
            .await()
            .atMost(ANSWER);
    if (reply.getIndex() > 0) {
      LOG.infof(
          "Job %s of namespace %s: %d allocations are to leave draining nodes",
          job.id(), job.namespace(), draining.leave().size());
    }
  }

  private AllocView viewNow() {
    lock.lock();
    try {
      return view;
    } finally {
      lock.unlock();
    }
  }

  private void looked(JobKey job, long again, boolean over) {
    lock.lock();
    try {
      busy.remove(job);
      if (over && !open.contains(job)) {
        watched.remove(job);
      } else {
        watched.computeIfPresent(job, (same, due) -> Math.min(due, again));
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private long now() {
    Instant time = clock.instant();
    return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
  }

  @Override
  public void close() throws Exception {
    following.close();
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    for (var thread : threads) {
      thread.join(Duration.ofSeconds(5));
    }
  }
}
