package io.steppe.ledger;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.steppe.rpc.Failure;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Keeps the view at the log: loads it, follows by notification, looks at the head for reads, starts
 * anew under another epoch. All of it on the ledger's thread.
 */
final class Following<V extends View<V>> {
  private static final Logger LOG = Logger.getLogger(Following.class);
  private static final int PAGE_ROWS = 2_000;
  private static final long PAGE_BYTES = 4 << 20;

  /** Reads that may wait for a look. */
  private static final int MAX_READS = 100_000;

  private record Read<V extends View<V>>(
      long deadlineNanos, UniEmitter<? super Snapshot<V>> emitter) {}

  private final LedgerSettings settings;
  private final ScheduledExecutorService thread;
  private final Standing<V> standing;
  private final Line looks;
  private final Line reads;
  private final ViewLoader<V> loader;
  private final Backoff loadBackoff = new Backoff();
  private final Backoff lookBackoff = new Backoff();
  private final Backoff readBackoff = new Backoff();
  private final List<Runnable> whenLoaded = new ArrayList<>();

  private List<Read<V>> arrived = new ArrayList<>();
  private boolean loading;
  private boolean looking;
  private boolean reading;
  private boolean waitingToLook;
  private boolean closed;
  private String told = "";
  private boolean commitUnderWay;
  private long target;
  private Optional<UUID> batch = Optional.empty();
  private boolean batchKnown;
  private List<LoggedChange> partial = new ArrayList<>();

  Following(
      Vertx vertx,
      LedgerSettings settings,
      ScheduledExecutorService thread,
      Standing<V> standing,
      V empty) {
    this.settings = settings;
    this.thread = thread;
    this.standing = standing;
    this.looks =
        new Line(
            vertx,
            settings,
            thread,
            "look",
            settings.statementTimeout(),
            Optional.of(this::notified));
    this.reads = new Line(vertx, settings, thread, "read", settings.statementTimeout());
    this.loader = new ViewLoader<>(vertx, settings, thread, empty);
  }

  void start() {
    load();
    long poll = settings.poll().toMillis();
    thread.schedule(this::tick, poll, TimeUnit.MILLISECONDS);
  }

  boolean loaded() {
    return standing.loaded() && !loading;
  }

  /** Runs a task once the view is loaded: at once if it is. */
  void whenLoaded(Runnable task) {
    if (loaded()) {
      task.run();
    } else {
      whenLoaded.add(task);
    }
  }

  Line reads() {
    return reads;
  }

  /** A linearizable read. */
  void latest(long deadlineNanos, UniEmitter<? super Snapshot<V>> emitter) {
    if (arrived.size() >= MAX_READS) {
      emitter.fail(Failure.unavailable("too many reads wait for PostgreSQL"));
      return;
    }
    arrived.add(new Read<>(deadlineNanos, emitter));
    look();
  }

  /**
   * Completes on the ledger's thread once the view is at an index; fails when that takes longer
   * than a request may wait.
   */
  Uni<Snapshot<V>> reach(long index) {
    long deadline = System.nanoTime() + settings.deadline().toNanos();
    return Uni.createFrom()
        .emitter(
            emitter -> {
              standing.await(index, deadline, emitter);
              catchUp(index);
            });
  }

  /** Reads the log until the view is at an index. */
  void catchUp(long index) {
    target = Math.max(target, index);
    readOn();
  }

  /** A commit of this replica is on its way: what is notified meanwhile is most likely itself. */
  void commitSent() {
    commitUnderWay = true;
  }

  void commitAnswered() {
    commitUnderWay = false;
    readOn();
  }

  /**
   * A batch of this replica was committed: the view as it left it, if nobody was faster to read it
   * from the log.
   */
  void committed(UUID id, Snapshot<V> after, List<LoggedChange> changes) {
    Snapshot<V> now = standing.snapshot();
    if (now.epoch() == after.epoch() && now.index() < after.index()) {
      List<LoggedChange> missing =
          changes.stream().filter(change -> change.index() > now.index()).toList();
      Snapshot<V> next =
          missing.size() == changes.size()
              ? after
              : folded(now, after.index(), missing, after.newestAt());
      batch = Optional.of(id);
      batchKnown = true;
      standing.advance(next, kept(missing));
    }
  }

  /** Loads the view anew: the log is not the one it was, or no longer has what is missing. */
  void reload(String reason) {
    if (!loading && !closed) {
      LOG.infof("%s loads its view anew: %s", settings.name(), reason);
      load();
    }
  }

  void close() {
    closed = true;
    Failure failure = Failure.unavailable("the ledger is closed");
    arrived.forEach(read -> read.emitter().fail(failure));
    arrived.clear();
    standing.failWaiters(failure);
    looks.close();
    reads.close();
  }

  /** The same reason is told once, however often loading is tried. */
  private void tell(String reason) {
    if (!reason.equals(told)) {
      told = reason;
      LOG.infof("%s can't load its view yet: %s", settings.name(), reason);
    }
  }

  private void load() {
    loading = true;
    long started = System.nanoTime();
    loader
        .load()
        .subscribe()
        .with(
            loaded -> {
              loading = false;
              loadBackoff.reset();
              batch = loaded.batch();
              batchKnown = true;
              partial = new ArrayList<>();
              target = loaded.snapshot().index();
              LOG.infof(
                  "%s loaded its view at index %d, epoch %d, in %d ms",
                  settings.name(),
                  loaded.snapshot().index(),
                  loaded.snapshot().epoch(),
                  TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started));
              standing.reload(loaded.snapshot());
              List<Runnable> tasks = List.copyOf(whenLoaded);
              whenLoaded.clear();
              tasks.forEach(Runnable::run);
              look();
            },
            failure -> {
              if (!closed) {
                long delay = loadBackoff.nextMillis();
                tell(failure.getMessage());
                thread.schedule(this::load, delay, TimeUnit.MILLISECONDS);
              }
            });
  }

  private void notified(long index) {
    target = Math.max(target, index);
    if (!commitUnderWay) {
      readOn();
    }
  }

  /** The slow poll: a notification may be lost with its connection. */
  private void tick() {
    if (closed) {
      return;
    }
    thread.schedule(this::tick, settings.poll().toMillis(), TimeUnit.MILLISECONDS);
    long now = System.nanoTime();
    expire(now);
    standing.expire(now);
    if (loaded() && !looking && !waitingToLook) {
      startLook(List.of());
    }
  }

  private void expire(long now) {
    arrived.removeIf(
        read -> {
          boolean late = now - read.deadlineNanos() > 0;
          if (late) {
            read.emitter().fail(Failure.unavailable("PostgreSQL can't be reached"));
          }
          return late;
        });
  }

  private void look() {
    if (!looking && !waitingToLook && loaded() && !arrived.isEmpty()) {
      List<Read<V>> joined = arrived;
      arrived = new ArrayList<>();
      startLook(joined);
    }
  }

  /**
   * Only reads that arrived before the look starts are in {@code joined}; whoever comes later waits
   * for the next one.
   */
  private void startLook(List<Read<V>> joined) {
    looking = true;
    Snapshot<V> before = standing.snapshot();
    Instant started = settings.clock().instant();
    LogRows.head(looks)
        .subscribe()
        .with(
            head -> {
              looking = false;
              lookBackoff.reset();
              looked(head, before, started, joined);
              look();
            },
            failure -> {
              looking = false;
              LOG.debugf("A look at the head failed: %s", failure.getMessage());
              if (closed) {
                joined.forEach(
                    read -> read.emitter().fail(Failure.unavailable("the ledger is closed")));
              } else {
                arrived.addAll(0, joined);
                waitingToLook = true;
                thread.schedule(this::lookAgain, lookBackoff.nextMillis(), TimeUnit.MILLISECONDS);
              }
            });
  }

  private void lookAgain() {
    waitingToLook = false;
    expire(System.nanoTime());
    look();
  }

  private void looked(
      LogRows.Head head, Snapshot<V> before, Instant started, List<Read<V>> joined) {
    Snapshot<V> now = standing.snapshot();
    if (head.epoch() != now.epoch()
        || (head.index() < before.index() && before.epoch() == head.epoch())) {
      arrived.addAll(0, joined);
      reload(
          "the log is at epoch "
              + head.epoch()
              + ", index "
              + head.index()
              + "; the view at "
              + now.epoch()
              + ", "
              + now.index());
      return;
    }
    if (now.index() >= head.index()) {
      standing.confirm(started);
    }
    joined.forEach(read -> standing.await(head.index(), read.deadlineNanos(), read.emitter()));
    catchUp(head.index());
  }

  private void readOn() {
    Snapshot<V> now = standing.snapshot();
    if (reading || !loaded() || closed || now.index() >= target) {
      return;
    }
    reading = true;
    LoggedChange last = partial.isEmpty() ? null : partial.getLast();
    boolean within = last != null && last.index() > now.index();
    if (!within) {
      partial = new ArrayList<>();
    }
    long index = within ? last.index() : now.index();
    int ordinal = within ? last.ordinal() : Integer.MAX_VALUE;
    Instant started = settings.clock().instant();
    LogRows.Amount amount = new LogRows.Amount(PAGE_ROWS, PAGE_BYTES, !settings.objectsLoaded());
    LogRows.read(reads, index, ordinal, settings.tables(), amount)
        .subscribe()
        .with(
            page -> {
              reading = false;
              readBackoff.reset();
              turn(page, now, !within, started);
              readOn();
            },
            failure -> {
              LOG.debugf("Reading the log failed: %s", failure.getMessage());
              if (!closed) {
                thread.schedule(
                    () -> {
                      reading = false;
                      readOn();
                    },
                    readBackoff.nextMillis(),
                    TimeUnit.MILLISECONDS);
              }
            });
  }

  private void turn(LogRows.Page page, Snapshot<V> from, boolean fromView, Instant started) {
    LogRows.Head head = page.head();
    Snapshot<V> now = standing.snapshot();
    if (now.epoch() != from.epoch() || loading) {
      return;
    }
    if (head.epoch() != now.epoch()) {
      reload("epoch " + head.epoch() + " instead of " + now.epoch());
    } else if (from.index() + 1 < head.oldest()) {
      reload("the log starts at " + head.oldest() + ", the view is at " + from.index());
    } else if (fromView && batchKnown && now.index() == from.index() && !page.at().equals(batch)) {
      reload("index " + from.index() + " is of another batch");
    } else {
      apply(page, now, started);
    }
  }

  /**
   * Applies what is whole: the last index of a page that was cut short waits for the rest of it.
   */
  private void apply(LogRows.Page page, Snapshot<V> now, Instant started) {
    partial.addAll(page.changes());
    long upTo = page.complete() ? page.head().index() : partial.getLast().index() - 1;
    List<LoggedChange> whole = new ArrayList<>();
    List<LoggedChange> rest = new ArrayList<>();
    for (LoggedChange change : partial) {
      if (change.index() > upTo) {
        rest.add(change);
      } else if (change.index() > now.index()) {
        whole.add(change);
      }
    }
    partial = rest;
    if (upTo > now.index()) {
      batch = page.complete() ? page.head().batch() : Optional.empty();
      batchKnown = page.complete();
      standing.advance(folded(now, upTo, whole, page.complete() ? started : now.newestAt()), whole);
    }
  }

  private Snapshot<V> folded(
      Snapshot<V> from, long index, List<LoggedChange> changes, Instant newestAt) {
    V view = from.view();
    Map<String, Long> tables = new HashMap<>(from.tableIndexes());
    for (LoggedChange change : changes) {
      view = view.apply(change);
      tables.put(change.change().table(), change.index());
    }
    return new Snapshot<>(from.epoch(), index, view, tables, newestAt);
  }

  private List<LoggedChange> kept(List<LoggedChange> changes) {
    return changes.stream()
        .filter(change -> settings.tables().contains(change.change().table()))
        .toList();
  }
}
