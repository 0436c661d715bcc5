package io.steppe.alloc.identity;

import io.steppe.alloc.evaluation.Ownership;
import io.steppe.alloc.view.AllocView;
import io.steppe.ledger.Ledger;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.DeleteKeyReply;
import io.steppe.rpc.v1.RotateKeyReply;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Has another key sign from time to time, and where an archive was restored that has none; forgets
 * those that nothing stands on.
 */
public final class KeyRotation implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(KeyRotation.class);
  private static final String TASK = "key-rotation";
  private static final Duration ANSWER = Duration.ofSeconds(60);

  private final Ledger<AllocView> ledger;
  private final Keyring keyring;
  private final KeyAges ages;
  private final Duration interval;
  private final InstantSource clock;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().name(TASK).factory());
  private volatile Ownership ownership;

  public KeyRotation(
      Ledger<AllocView> ledger,
      Keyring keyring,
      KeyAges ages,
      Duration interval,
      Ownership ownership,
      InstantSource clock) {
    this.ledger = ledger;
    this.keyring = keyring;
    this.ages = ages;
    this.interval = interval;
    this.ownership = ownership;
    this.clock = clock;
  }

  /** Looks from time to time, beginning after a while. */
  public void start() {
    if (keyring.canMake()) {
      timer.scheduleWithFixedDelay(
          this::run, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  /** Which replica looks. */
  public void share(Ownership shared) {
    ownership = shared;
  }

  private void run() {
    if (!ownership.owns(TASK)) {
      return;
    }
    try {
      look();
    } catch (RuntimeException e) {
      LOG.warnf(
          "The keys could not be looked after, the next round tries again: %s",
          Failure.of(e).getMessage());
    }
  }

  /** Does what is due now. */
  void look() {
    AllocView view = ledger.latest().await().atMost(ANSWER).view();
    boolean due = Keyring.active(view).map(key -> ages.isOver(key, clock.instant())).orElse(true);
    if (due) {
      rotate();
    }
    ages.forgettable(view, clock.instant()).forEach(this::forget);
  }

  private void rotate() {
    var key = keyring.make(UUID.randomUUID().toString());
    RotateKeyReply reply =
        ledger
            .commit("", RotateKeyReply.parser(), new RotateKey(key, ages::isOver))
            .await()
            .atMost(ANSWER);
    LOG.infof("identities are signed with key %s from now on", reply.getKey().getKeyId());
  }

  private void forget(String id) {
    ledger.commit("", DeleteKeyReply.parser(), new DeleteKey(id)).await().atMost(ANSWER);
    LOG.infof("key %s is forgotten: no allocation is left that it signed for", id);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
