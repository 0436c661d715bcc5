package io.steppe.gateway.blocking;

import io.steppe.gateway.GatewaySettings;
import io.steppe.http.failure.Refusal;
import io.steppe.rpc.v1.ChangeBatch;
import io.steppe.rpc.v1.TableChange;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Requests that wait for a change, found by what they wait for; those of one change wake together.
 */
@ApplicationScoped
public class Waiters {
  private final Map<Interest, Set<Waiter>> waiting = new ConcurrentHashMap<>();
  private final Semaphore places;

  Waiters(GatewaySettings settings) {
    places = new Semaphore(settings.gateway().maxWaiting());
  }

  /**
   * Begins to listen. What changes after this call wakes the waiter, even before it awaits.
   *
   * @throws Refusal 429 when as many wait as may
   */
  public Waiter listen(Set<Interest> interests) {
    if (!places.tryAcquire()) {
      throw new Refusal(429, "Too many blocking queries");
    }
    Waiter waiter = new Waiter(interests);
    for (Interest interest : interests) {
      waiting.compute(
          interest,
          (i, waiters) -> {
            Set<Waiter> now = waiters == null ? ConcurrentHashMap.newKeySet() : waiters;
            now.add(waiter);
            return now;
          });
    }
    return waiter;
  }

  /** How many requests wait. */
  public long size() {
    return waiting.values().stream().flatMap(Set::stream).distinct().count();
  }

  /** Wakes those who wait for what a batch changed. */
  void changed(ChangeBatch batch) {
    for (TableChange change : batch.getTablesList()) {
      wake(new Interest(change.getTable(), ""));
      change.getKeysList().forEach(key -> wake(new Interest(change.getTable(), key)));
    }
  }

  /** Wakes everybody: changes may have been missed. */
  void all() {
    waiting.keySet().forEach(this::wake);
  }

  private void wake(Interest interest) {
    Set<Waiter> waiters = waiting.get(interest);
    if (waiters != null) {
      waiters.forEach(Waiter::wake);
    }
  }

  /** One request that waits, until it is closed. */
  public final class Waiter implements AutoCloseable {
    private final Set<Interest> interests;
    private final CountDownLatch woken = new CountDownLatch(1);

    private Waiter(Set<Interest> interests) {
      this.interests = interests;
    }

    /** Ends the wait. */
    public void wake() {
      woken.countDown();
    }

    /** Waits for a change, at most so long; false when there was none. */
    public boolean await(Duration longest) {
      try {
        return woken.await(longest.toNanos(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    @Override
    public void close() {
      for (Interest interest : interests) {
        waiting.computeIfPresent(
            interest,
            (i, waiters) -> {
              waiters.remove(this);
              return waiters.isEmpty() ? null : waiters;
            });
      }
      places.release();
    }
  }
}
