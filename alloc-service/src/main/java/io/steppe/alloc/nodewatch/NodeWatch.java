package io.steppe.alloc.nodewatch;

import io.steppe.alloc.evaluation.Ownership;
import io.steppe.alloc.scheduler.Statuses;
import io.steppe.alloc.view.AllocView;
import io.steppe.ledger.Advance;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.v1.PlanReply;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;

/**
 * Follows the nodes and has evaluations made for what their changes mean to jobs. One replica does;
 * how far it came is in the log, so another one, or the same one restarted, goes on from there.
 */
public final class NodeWatch implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(NodeWatch.class);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final long RETRY_NANOS = Duration.ofSeconds(1).toNanos();

  /** Nodes answered in one commit, unless one index has more. */
  private static final int BATCH = 100;

  private final Ledger<AllocView> ledger;
  private final Supplier<RandomGenerator> random;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Nodes to answer for, by the index of their change: no more than there are nodes. */
  private final TreeMap<Long, Set<String>> open = new TreeMap<>();

  private AllocView view = AllocView.empty();
  private long index;
  private Ownership ownership;
  private AutoCloseable following = () -> {};
  private Thread thread;
  private boolean closed;

  public NodeWatch(
      Ledger<AllocView> ledger, Ownership ownership, Supplier<RandomGenerator> random) {
    this.ledger = ledger;
    this.ownership = ownership;
    this.random = random;
  }

  /** Begins to follow; the view need not be loaded yet. */
  public void start() {
    thread = Thread.ofVirtual().name("node-watch").start(this::work);
    following = ledger.follow(this::follow);
  }

  /** The replicas changed: another one may be the one that follows. */
  public void share(Ownership shared) {
    lock.lock();
    try {
      boolean mine = mine();
      ownership = shared;
      if (mine() && !mine) {
        openAll();
      } else if (!mine()) {
        open.clear();
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private void follow(Advance<AllocView> step) {
    lock.lock();
    try {
      view = step.after().view();
      index = step.after().index();
      if (!mine()) {
        return;
      }
      if (step.reloaded()) {
        openAll();
      } else {
        var before = step.before().view();
        step.changes().stream()
            .filter(logged -> logged.change().table().equals(Tables.NODES))
            .filter(logged -> matters(before, view, logged.change().key()))
            .forEach(logged -> add(logged.index(), logged.change().key()));
      }
      if (!open.isEmpty()) {
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean mine() {
    return ownership.owns(NodeChanges.FOLLOWER);
  }

  /** What changed since the position, as far as the state tells. */
  private void openAll() {
    open.clear();
    long position = view.position(NodeChanges.FOLLOWER);
    view.nodes().values().stream()
        .filter(node -> node.getModifyIndex() > position)
        .forEach(node -> add(node.getModifyIndex(), node.getId()));
    // Nodes that went while nobody followed are known only by what is left of them.
    view.nodesWithAllocations().stream()
        .filter(node -> view.node(node).isEmpty() && lives(node))
        .forEach(node -> add(Math.max(index, position + 1), node));
  }

  private boolean lives(String node) {
    return view.allocationsOn(node).stream().anyMatch(each -> !Statuses.clientTerminal(each));
  }

  private void add(long index, String node) {
    open.computeIfAbsent(index, at -> new TreeSet<>()).add(node);
  }

  /**
   * Whether a change of a node means anything to a scheduler, or is one of a drain: whoever asked
   * for that waits for an answer.
   */
  private static boolean matters(AllocView before, AllocView after, String node) {
    return !before.fleet().node(node).equals(after.fleet().node(node))
        || !before
            .node(node)
            .map(Node::getLastDrain)
            .equals(after.node(node).map(Node::getLastDrain));
  }

  private void work() {
    try {
      for (var batch = next(); batch.isPresent(); batch = next()) {
        answer(batch.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for nodes to answer for, the oldest changes first; empty when closed. */
  private Optional<SortedMap<Long, Set<String>>> next() throws InterruptedException {
    lock.lock();
    try {
      while (open.isEmpty() && !closed) {
        changed.await();
      }
      if (closed) {
        return Optional.empty();
      }
      var batch = new TreeMap<Long, Set<String>>();
      int nodes = 0;
      for (var entry : open.entrySet()) {
        if (nodes > 0 && nodes + entry.getValue().size() > BATCH) {
          break;
        }
        batch.put(entry.getKey(), Set.copyOf(entry.getValue()));
        nodes += entry.getValue().size();
      }
      return Optional.of(batch);
    } finally {
      lock.unlock();
    }
  }

  private void answer(SortedMap<Long, Set<String>> batch) throws InterruptedException {
    try {
      ledger
          .commit("", PlanReply.parser(), new NodeChanges(batch, random.get()))
          .await()
          .atMost(ANSWER);
      lock.lock();
      try {
        open.headMap(batch.lastKey(), true).clear();
      } finally {
        lock.unlock();
      }
    } catch (RuntimeException e) {
      LOG.warnf("Changes of nodes up to index %d wait: %s", batch.lastKey(), e.getMessage());
      pause();
    }
  }

  private void pause() throws InterruptedException {
    lock.lock();
    try {
      long left = RETRY_NANOS;
      while (left > 0 && !closed) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
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
    if (thread != null) {
      thread.join(Duration.ofSeconds(5));
    }
  }
}
