package io.steppe.alloc.evaluation;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.smallrye.mutiny.Uni;
import io.steppe.alloc.plan.ApplyPlan;
import io.steppe.alloc.view.AllocView;
import io.steppe.ledger.Advance;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.Snapshot;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Brings two replicas together: the first plan of an evaluation is held until the other replica has
 * made one for it too.
 */
final class Meeting {
  private static final long PATIENCE_MILLIS = 500;

  private final Map<String, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();
  private final AtomicInteger met = new AtomicInteger();

  /** Evaluations that both replicas had decided before either committed. */
  int met() {
    return met.get();
  }

  Ledger<AllocView> with(Ledger<AllocView> ledger) {
    return new Held(ledger);
  }

  private CompletableFuture<Void> arrive(String evaluation) {
    var mine = new CompletableFuture<Void>();
    var other = waiting.putIfAbsent(evaluation, mine);
    if (other == null) {
      return mine.completeOnTimeout(null, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }
    if (other.complete(null)) {
      met.incrementAndGet();
    }
    return CompletableFuture.completedFuture(null);
  }

  private final class Held implements Ledger<AllocView> {
    private final Ledger<AllocView> ledger;

    private Held(Ledger<AllocView> ledger) {
      this.ledger = ledger;
    }

    @Override
    public <R extends MessageLite> Uni<R> commit(
        String requestId, Parser<R> parser, Decision<AllocView, R> decision) {
      var commit = ledger.commit(requestId, parser, decision);
      return decision instanceof ApplyPlan plan
          ? Uni.createFrom()
              .completionStage(() -> arrive(plan.plan().evaluationId()))
              .chain(() -> commit)
          : commit;
    }

    @Override
    public Snapshot<AllocView> snapshot() {
      return ledger.snapshot();
    }

    @Override
    public Uni<Snapshot<AllocView>> latest() {
      return ledger.latest();
    }

    @Override
    public Uni<Snapshot<AllocView>> at(long index) {
      return ledger.at(index);
    }

    @Override
    public AutoCloseable follow(Consumer<Advance<AllocView>> follower) {
      return ledger.follow(follower);
    }

    @Override
    public Uni<Void> ready() {
      return ledger.ready();
    }

    @Override
    public void close() {
      ledger.close();
    }
  }
}
