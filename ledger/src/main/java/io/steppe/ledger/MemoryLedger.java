package io.steppe.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.smallrye.mutiny.Uni;
import io.steppe.rpc.Failure;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The ledger's semantics without a database: one log, in memory, of one process. For the tests of
 * services.
 *
 * @param <V> the view
 */
public final class MemoryLedger<V extends View<V>> implements Ledger<V> {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  /** What the first attempts under each request id were answered, the oldest forgotten first. */
  private static final int REMEMBERED = 100_000;

  private final OneThread thread;
  private final InstantSource clock;
  private final Predicate<String> guard;
  private final Standing<V> standing;
  private final Map<UUID, ByteString> answers =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, ByteString> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** A ledger whose guards all hold. */
  public MemoryLedger(V empty, InstantSource clock) {
    this(empty, clock, guard -> true);
  }

  /**
   * @param guard whether a guard of a commit holds, as the schema's {@code guard_v1} would say
   */
  public MemoryLedger(V empty, InstantSource clock, Predicate<String> guard) {
    this.clock = clock;
    this.guard = guard;
    this.thread = new OneThread("ledger-memory");
    this.standing = new Standing<>(empty, clock.instant());
    onThread(() -> standing.reload(new Snapshot<>(1, 0, empty, Map.of(), clock.instant())));
  }

  @Override
  public <R extends MessageLite> Uni<R> commit(
      String requestId, Parser<R> parser, Decision<V, R> decision) {
    return Uni.createFrom()
        .deferred(
            () -> {
              Executor caller = CallerThread.current();
              Optional<UUID> id = Request.parseId(requestId);
              return Uni.createFrom()
                  .<R>emitter(
                      emitter -> {
                        Request<V, R> request =
                            new Request<>(
                                id,
                                decision,
                                System.nanoTime() + DEADLINE.toNanos(),
                                parser,
                                emitter);
                        onThread(() -> run(request));
                      })
                  .emitOn(caller);
            });
  }

  private <R extends MessageLite> void run(Request<V, R> request) {
    Optional<ByteString> known = request.id().map(answers::get);
    if (known.isPresent()) {
      request.repeat(known.get());
      return;
    }
    Snapshot<V> now = standing.snapshot();
    long index = now.index() + 1;
    switch (request.decide(now.view(), index, clock.instant())) {
      case Outcome.Refused<R> refused -> request.fail(refused.failure());
      case Outcome.Unchanged<R> unchanged -> request.succeed(unchanged.result());
      case Outcome.Commit<R> commit -> {
        Optional<String> failed = commit.guards().stream().filter(guard.negate()).findFirst();
        if (failed.isPresent()) {
          request.fail(Failure.conflict("guard failed: " + failed.get()));
          return;
        }
        apply(now, index, commit.changes());
        request.id().ifPresent(id -> answers.put(id, commit.result().toByteString()));
        request.succeed(commit.result());
      }
    }
  }

  private void apply(Snapshot<V> before, long index, List<Change> changes) {
    V view = before.view();
    Map<String, Long> tables = new HashMap<>(before.tableIndexes());
    List<LoggedChange> logged = new ArrayList<>(changes.size());
    for (Change change : changes) {
      LoggedChange one = new LoggedChange(index, logged.size(), change);
      logged.add(one);
      view = view.apply(one);
      tables.put(change.table(), index);
    }
    standing.advance(
        new Snapshot<>(before.epoch(), index, view, tables, clock.instant()), List.copyOf(logged));
  }

  @Override
  public Snapshot<V> snapshot() {
    return standing.snapshot();
  }

  @Override
  public Uni<Snapshot<V>> latest() {
    return at(0);
  }

  @Override
  public Uni<Snapshot<V>> at(long index) {
    return Uni.createFrom()
        .deferred(
            () -> {
              Executor caller = CallerThread.current();
              long deadline = System.nanoTime() + DEADLINE.toNanos();
              return Uni.createFrom()
                  .<Snapshot<V>>emitter(
                      emitter ->
                          onThread(
                              () -> {
                                standing.confirm(clock.instant());
                                standing.await(index, deadline, emitter);
                              }))
                  .ifNoItem()
                  .after(DEADLINE)
                  .failWith(
                      () ->
                          Failure.unavailable("the view did not reach index " + index + " in time"))
                  .emitOn(caller);
            });
  }

  @Override
  public AutoCloseable follow(Consumer<Advance<V>> follower) {
    return standing.follow(follower, this::onThread);
  }

  @Override
  public Uni<Void> ready() {
    return Uni.createFrom().voidItem();
  }

  @Override
  public void close() {
    thread.shutdown();
  }

  private void onThread(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException e) {
      throw Failure.unavailable("the ledger is closed");
    }
  }
}
