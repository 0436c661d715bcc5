package io.steppe.alloc.identity;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.Cancellable;
import io.steppe.alloc.view.AllocView;
import io.steppe.ledger.Ledger;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.RotateKeyReply;
import java.time.Duration;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Sees to it that a region has a key to sign with, as soon as its state is known. */
public final class FirstKey implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(FirstKey.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final Ledger<AllocView> ledger;
  private final Keyring keyring;
  private Cancellable work = () -> {};

  public FirstKey(Ledger<AllocView> ledger, Keyring keyring) {
    this.ledger = ledger;
    this.keyring = keyring;
  }

  /** Makes the key, if there is none, trying until it works. */
  public void start() {
    if (!keyring.canMake()) {
      LOG.warn("steppe.seal.keys is not set: tasks get no identities, and nodes no introductions");
      return;
    }
    work =
        ledger
            .ready()
            .chain(this::make)
            .onFailure()
            .invoke(
                error -> LOG.warnf("no key to sign with yet: %s", Failure.of(error).getMessage()))
            .onFailure()
            .retry()
            .withBackOff(FIRST_PAUSE, LONGEST_PAUSE)
            .indefinitely()
            .subscribe()
            .with(done -> LOG.debug("there is a key to sign with"));
  }

  private Uni<RotateKeyReply> make() {
    if (Keyring.active(ledger.snapshot().view()).isPresent()) {
      return Uni.createFrom().item(RotateKeyReply.getDefaultInstance());
    }
    return Uni.createFrom()
        .item(() -> keyring.make(UUID.randomUUID().toString()))
        .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
        .chain(key -> ledger.commit("", RotateKeyReply.parser(), RotateKey.first(key)));
  }

  @Override
  public void close() {
    work.cancel();
  }
}
