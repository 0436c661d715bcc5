package io.steppe.ledger;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.steppe.rpc.Failure;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * The ledger over PostgreSQL. Opening never fails: it connects and loads its view in the
 * background, and again whenever PostgreSQL comes back; until then requests and reads wait as long
 * as the settings allow and then fail as UNAVAILABLE.
 *
 * <p>It holds three connections (commits, looks and notifications, reading the log), and one more
 * while it loads its view.
 *
 * @param <V> the view
 */
public final class PostgresLedger<V extends View<V>> implements Ledger<V> {
  private static final Logger LOG = Logger.getLogger(PostgresLedger.class);

  private final LedgerSettings settings;
  private final OneThread thread;
  private final Standing<V> standing;
  private final Following<V> following;
  private final Writing<V> writing;
  private final Runnable closeVertx;
  private final Uni<Void> ready;

  private PostgresLedger(Vertx vertx, LedgerSettings settings, V empty, Runnable closeVertx) {
    this.settings = settings;
    this.closeVertx = closeVertx;
    this.thread = new OneThread("ledger-" + settings.name());
    this.standing = new Standing<>(empty, settings.clock().instant());
    this.following = new Following<>(vertx, settings, thread, standing, empty);
    this.writing = new Writing<>(vertx, settings, thread, standing, following);
    // Outside Quarkus the first use of Mutiny sets up context propagation, which two threads must
    // not do at once.
    this.ready = answering(emitter -> following.whenLoaded(() -> emitter.complete(null)));
    onThread(following::start);
  }

  /** Opens a ledger on the caller's Vert.x, which must outlive it. */
  public static <V extends View<V>> PostgresLedger<V> open(
      Vertx vertx, LedgerSettings settings, V empty) {
    return new PostgresLedger<>(vertx, settings, empty, () -> {});
  }

  /** Opens a ledger with a Vert.x of its own, of one event loop. */
  public static <V extends View<V>> PostgresLedger<V> open(LedgerSettings settings, V empty) {
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1));
    return new PostgresLedger<>(vertx, settings, empty, () -> vertx.close());
  }

  @Override
  public <R extends MessageLite> Uni<R> commit(
      String requestId, Parser<R> parser, Decision<V, R> decision) {
    return answering(
        emitter -> {
          Optional<UUID> id = Request.parseId(requestId);
          writing.submit(id, parser, decision, emitter);
        });
  }

  @Override
  public Snapshot<V> snapshot() {
    return standing.snapshot();
  }

  @Override
  public Uni<Snapshot<V>> latest() {
    return answering(emitter -> following.latest(deadline(), emitter));
  }

  @Override
  public Uni<Snapshot<V>> at(long index) {
    return answering(emitter -> standing.await(index, deadline(), emitter));
  }

  @Override
  public AutoCloseable follow(Consumer<Advance<V>> follower) {
    return standing.follow(follower, this::onThread);
  }

  @Override
  public Uni<Void> ready() {
    return ready;
  }

  /**
   * Waits for what has been sent to PostgreSQL, no longer than a request may take; what has not
   * been sent fails.
   */
  @Override
  public void close() {
    CountDownLatch done = new CountDownLatch(1);
    try {
      thread.execute(
          () ->
              writing.close(
                  () -> {
                    writing.disconnect();
                    following.close();
                    done.countDown();
                  }));
      if (!done.await(settings.deadline().toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warnf("%s was closed before a batch it had sent was settled", settings.name());
      }
    } catch (RejectedExecutionException e) {
      LOG.debugf("%s was closed already", settings.name());
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    thread.shutdown();
    closeVertx.run();
  }

  private long deadline() {
    return System.nanoTime() + settings.deadline().toNanos();
  }

  /** Asks on the ledger's thread, answers where the caller was. */
  private <T> Uni<T> answering(Consumer<UniEmitter<? super T>> question) {
    return Uni.createFrom()
        .deferred(
            () -> {
              Executor caller = CallerThread.current();
              return Uni.createFrom()
                  .<T>emitter(emitter -> onThread(() -> ask(question, emitter)))
                  .emitOn(caller);
            });
  }

  private static <T> void ask(
      Consumer<UniEmitter<? super T>> question, UniEmitter<? super T> emitter) {
    try {
      question.accept(emitter);
    } catch (Failure failure) {
      emitter.fail(failure);
    }
  }

  private void onThread(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException e) {
      throw Failure.unavailable("the ledger is closed");
    }
  }
}
