package io.steppe.http.audit;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/**
 * Entries on their way to a sink, on a thread of its own: who hands one in does not wait. What
 * can't be written is tried again, so that a sink that fails fills the queue.
 */
final class AuditLog implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(AuditLog.class);
  private static final int AT_ONCE = 500;
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration LAST_WAIT = Duration.ofSeconds(5);

  private final LinkedBlockingQueue<Entry> queue = new LinkedBlockingQueue<>();
  private final AtomicLong dropped = new AtomicLong();
  private final int most;
  private final Sink sink;
  private final Thread thread;
  private volatile boolean over;
  private boolean failing;

  /**
   * @param most entries that may wait
   */
  AuditLog(int most, Sink sink) {
    this.most = most;
    this.sink = sink;
    this.thread = Thread.ofPlatform().daemon().name("audit").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Whether what is handed in now waits behind as much as may wait. */
  boolean isFull() {
    return queue.size() >= most;
  }

  /** Entries that were dropped because too many waited. */
  long dropped() {
    return dropped.get();
  }

  /** Hands an entry in; drops it, and counts it, where too many wait. */
  void offer(Entry entry) {
    if (isFull()) {
      if (dropped.getAndIncrement() == 0) {
        LOG.warn("Entries of the audit log are dropped: it can't be written as fast as they come");
      }
    } else {
      queue.add(entry);
    }
  }

  /**
   * Hands an entry in whatever waits: for the end of a request that was let in, of which there are
   * no more than connections.
   */
  void add(Entry entry) {
    queue.add(entry);
  }

  private void run() {
    try {
      while (!over || !queue.isEmpty()) {
        Entry first = queue.poll(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        if (first != null) {
          List<Entry> entries = new ArrayList<>(List.of(first));
          queue.drainTo(entries, AT_ONCE - 1);
          write(entries.stream().map(Entry::line).toList());
        }
      }
      sink.close();
    } catch (InterruptedException stopped) {
      LOG.warnf("The audit log ends with %d entries that could not be written", queue.size());
    } catch (IOException e) {
      LOG.warnf("The audit log can't be closed: %s", e.getMessage());
    }
  }

  private void write(List<byte[]> lines) throws InterruptedException {
    while (true) {
      try {
        sink.write(lines);
        if (failing) {
          LOG.info("The audit log is written again");
          failing = false;
        }
        return;
      } catch (IOException e) {
        if (!failing) {
          LOG.errorf("The audit log can't be written, tried again: %s", e);
          failing = true;
        }
        Thread.sleep(PAUSE);
      }
    }
  }

  /** Writes what waits, for as long as a stop may take. */
  @Override
  public void close() throws InterruptedException {
    over = true;
    if (!thread.join(LAST_WAIT)) {
      thread.interrupt();
      thread.join();
    }
  }
}
