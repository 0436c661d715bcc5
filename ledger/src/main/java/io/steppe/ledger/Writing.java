package io.steppe.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Group commit: requests queue, and while one batch is on its way the next gathers. All of it on
 * the ledger's thread.
 *
 * <p>A batch is decided against the view and sent with the head it was decided at. When the head
 * has moved it is decided again, and after two refusals the head is taken before deciding. A batch
 * whose answer is lost is settled before anything else is sent.
 */
final class Writing<V extends View<V>> {
  private static final Logger LOG = Logger.getLogger(Writing.class);
  private static final int REFUSALS_BEFORE_HOLDING = 2;
  private static final String CHECK =
      """
      select h.epoch, h.index, a.id, a.answer
      from ledger.head_v1() h left join ledger.answers_v1($1) a on true""";
  private static final String TAKE = "select epoch, index from ledger.take_v1()";
  private static final String SETTLE =
      "select committed, first_index, last_index from ledger.settle_v1($1)";

  /** What came of sending a batch. */
  private sealed interface Reply {
    record Done() implements Reply {}

    record Moved(long epoch, long head) implements Reply {}

    record Known(Map<UUID, ByteString> answers) implements Reply {}

    record GuardsFailed(Set<String> guards) implements Reply {}
  }

  private final LedgerSettings settings;
  private final ScheduledExecutorService thread;
  private final Standing<V> standing;
  private final Following<V> following;
  private final Line line;
  private final String commit;
  private final ArrayDeque<Request<V, ?>> queue = new ArrayDeque<>();
  private final Map<UUID, Request<V, ?>> underWay = new HashMap<>();
  private final Backoff backoff = new Backoff();
  private boolean busy;
  private boolean closed;
  private Runnable idle = () -> {};

  Writing(
      Vertx vertx,
      LedgerSettings settings,
      ScheduledExecutorService thread,
      Standing<V> standing,
      Following<V> following) {
    this.settings = settings;
    this.thread = thread;
    this.standing = standing;
    this.following = following;
    this.line = new Line(vertx, settings, thread, "write", settings.statementTimeout());
    this.commit =
        "select outcome, epoch, head, known_ids, known_answers, failed_guards from "
            + settings.schema()
            + ".commit_v1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
    thread.scheduleWithFixedDelay(this::expireQueued, 1, 1, TimeUnit.SECONDS);
  }

  <R extends MessageLite> void submit(
      Optional<UUID> id, Parser<R> parser, Decision<V, R> decision, UniEmitter<? super R> emitter) {
    if (closed) {
      emitter.fail(Failure.unavailable("the ledger is closed"));
    } else if (settings.schema().isEmpty()) {
      emitter.fail(
          new Failure(Kind.INTERNAL, "this ledger only reads: its settings name no schema"));
    } else if (id.isPresent() && underWay.containsKey(id.get())) {
      underWay.get(id.get()).retry(parser, emitter);
    } else if (queue.size() >= settings.queue()) {
      emitter.fail(Failure.unavailable("too many requests wait to be committed"));
    } else {
      long deadline = System.nanoTime() + settings.deadline().toNanos();
      Request<V, R> request = new Request<>(id, decision, deadline, parser, emitter);
      id.ifPresent(some -> underWay.put(some, request));
      queue.add(request);
      pump();
    }
  }

  /**
   * Takes no more, fails what has not been sent, and runs {@code then} once what was sent has its
   * outcome.
   */
  void close(Runnable then) {
    closed = true;
    List<Request<V, ?>> queued = List.copyOf(queue);
    queue.clear();
    queued.forEach(request -> fail(request, Failure.unavailable("the ledger is closed")));
    idle = then;
    if (!busy) {
      then.run();
    }
  }

  void disconnect() {
    line.close();
  }

  private void expireQueued() {
    long now = System.nanoTime();
    List<Request<V, ?>> late = queue.stream().filter(request -> request.expired(now)).toList();
    if (!late.isEmpty()) {
      queue.removeIf(request -> request.expired(now));
      late.forEach(this::tooLate);
    }
  }

  private void pump() {
    if (busy || queue.isEmpty()) {
      return;
    }
    busy = true;
    List<Request<V, ?>> taken = new ArrayList<>();
    while (!queue.isEmpty() && taken.size() < settings.batchRequests()) {
      taken.add(queue.poll());
    }
    step(taken, 0);
  }

  private void rest() {
    busy = false;
    if (closed) {
      idle.run();
    } else {
      pump();
    }
  }

  /** Decides and sends; nothing of these requests is on its way. */
  private void step(List<Request<V, ?>> requests, int refusals) {
    long now = System.nanoTime();
    List<Request<V, ?>> live = new ArrayList<>(requests.size());
    for (Request<V, ?> request : requests) {
      if (request.expired(now)) {
        tooLate(request);
      } else {
        live.add(request);
      }
    }
    if (live.isEmpty()) {
      rest();
    } else if (closed) {
      live.forEach(request -> fail(request, Failure.unavailable("the ledger is closed")));
      rest();
    } else if (!following.loaded()) {
      later(() -> step(live, refusals));
    } else if (refusals < REFUSALS_BEFORE_HOLDING) {
      send(live, refusals);
    } else {
      hold(live);
    }
  }

  private void send(List<Request<V, ?>> requests, int refusals) {
    Batch<V> batch = decide(requests);
    following.commitSent();
    ask(batch)
        .subscribe()
        .with(
            reply -> answered(batch, reply, refusals), failure -> failed(batch, failure, refusals));
  }

  private Batch<V> decide(List<Request<V, ?>> requests) {
    Batch<V> batch =
        Batch.decide(
            requests, standing.snapshot(), settings.batchBytes(), settings.clock().instant());
    batch.rest().reversed().forEach(queue::addFirst);
    return batch;
  }

  private Uni<Reply> ask(Batch<V> batch) {
    if (batch.changesNothing()) {
      return line.call(CHECK, Tuple.tuple().addArrayOfUUID(batch.ids()))
          .onItem()
          .transform(rows -> checked(rows, batch.before()));
    }
    return Uni.createFrom()
        .deferred(() -> line.call(commit, batch.arguments()))
        .onItem()
        .transform(rows -> committed(rows.iterator().next()));
  }

  private static Reply committed(Row row) {
    return switch (row.getString("outcome")) {
      case "done" -> new Reply.Done();
      case "moved" -> new Reply.Moved(row.getLong("epoch"), row.getLong("head"));
      case "known" -> {
        UUID[] ids = row.getArrayOfUUIDs("known_ids");
        Buffer[] answers = row.getArrayOfBuffers("known_answers");
        Map<UUID, ByteString> known = new HashMap<>();
        for (int i = 0; i < ids.length; i++) {
          known.put(ids[i], LogRows.bytes(answers[i]).orElse(ByteString.EMPTY));
        }
        yield new Reply.Known(known);
      }
      case "guard" ->
          new Reply.GuardsFailed(
              new HashSet<>(Arrays.asList(row.getArrayOfStrings("failed_guards"))));
      default -> throw new IllegalStateException("commit_v1 answered " + row.getString("outcome"));
    };
  }

  /**
   * Nothing to commit: the outcomes hold if the log has not moved, and none of the requests was
   * answered before.
   */
  private static Reply checked(RowSet<Row> rows, Snapshot<?> before) {
    Map<UUID, ByteString> known = new HashMap<>();
    for (Row row : rows) {
      if (row.getUUID("id") != null) {
        known.put(
            row.getUUID("id"), LogRows.bytes(row.getBuffer("answer")).orElse(ByteString.EMPTY));
      }
    }
    if (!known.isEmpty()) {
      return new Reply.Known(known);
    }
    Row first = rows.iterator().next();
    long epoch = first.getLong("epoch");
    long head = first.getLong("index");
    return epoch == before.epoch() && head == before.index()
        ? new Reply.Done()
        : new Reply.Moved(epoch, head);
  }

  private void answered(Batch<V> batch, Reply reply, int refusals) {
    backoff.reset();
    switch (reply) {
      case Reply.Done() -> {
        if (!batch.changesNothing()) {
          following.committed(batch.id(), batch.after(), batch.changes());
        }
        following.commitAnswered();
        complete(batch);
      }
      case Reply.Moved(long epoch, long head) -> {
        following.commitAnswered();
        moved(batch.requests(), epoch, head, refusals);
      }
      case Reply.Known(Map<UUID, ByteString> answers) -> {
        following.commitAnswered();
        known(batch.requests(), answers, refusals);
      }
      case Reply.GuardsFailed(Set<String> guards) -> {
        following.commitAnswered();
        guarded(batch, guards, refusals);
      }
    }
  }

  private void moved(List<Request<V, ?>> requests, long epoch, long head, int refusals) {
    if (epoch != standing.snapshot().epoch()) {
      following.reload("epoch " + epoch + " at a commit");
      step(requests, 0);
    } else {
      following
          .reach(head)
          .subscribe()
          .with(ignored -> step(requests, refusals + 1), failure -> step(requests, refusals + 1));
    }
  }

  /**
   * Some were committed before, by an attempt whose answer did not arrive: they get that one's
   * answer.
   */
  private void known(List<Request<V, ?>> requests, Map<UUID, ByteString> answers, int refusals) {
    List<Request<V, ?>> others = new ArrayList<>();
    for (Request<V, ?> request : requests) {
      Optional<ByteString> answer = request.id().map(answers::get);
      if (answer.isPresent()) {
        done(request);
        request.repeat(answer.get());
      } else {
        others.add(request);
      }
    }
    step(others, refusals);
  }

  private void guarded(Batch<V> batch, Set<String> guards, int refusals) {
    List<Request<V, ?>> others = new ArrayList<>();
    for (Batch.Decided<V, ?> one : batch.decided()) {
      Optional<String> failed = one.guards().stream().filter(guards::contains).findFirst();
      if (failed.isPresent()) {
        fail(one.request(), Failure.conflict("guard failed: " + failed.get()));
      } else {
        others.add(one.request());
      }
    }
    step(others, refusals);
  }

  private void complete(Batch<V> batch) {
    for (Batch.Decided<V, ?> one : batch.decided()) {
      done(one.request());
      one.complete();
    }
    rest();
  }

  private void failed(Batch<V> batch, Throwable failure, int refusals) {
    following.commitAnswered();
    boolean rolledBack = SqlErrors.rolledBack(failure);
    if (failure instanceof Line.Unreachable
        || batch.changesNothing()
        || (rolledBack && SqlErrors.passing(failure))) {
      LOG.debugf(
          "A batch of %s was not sent or refused for now: %s",
          settings.name(), failure.getMessage());
      later(() -> step(batch.requests(), refusals));
    } else if (rolledBack) {
      isolate(batch.requests(), failure);
    } else {
      LOG.infof(
          "The answer to a batch of %s was lost, settling it: %s",
          settings.name(), failure.getMessage());
      settle(batch);
    }
  }

  /** PostgreSQL can't take something in the batch: halves find out which request it is. */
  private void isolate(List<Request<V, ?>> requests, Throwable failure) {
    if (requests.size() == 1) {
      LOG.errorf(failure, "A request of %s can't be committed", settings.name());
      fail(
          requests.getFirst(),
          new Failure(Kind.INTERNAL, "the change can't be stored: " + failure.getMessage()));
      rest();
    } else {
      int half = requests.size() / 2;
      requests.subList(half, requests.size()).reversed().forEach(queue::addFirst);
      step(requests.subList(0, half), 0);
    }
  }

  /**
   * Finds out what became of a batch, however long PostgreSQL is away; afterwards it is in the log
   * or never will be.
   */
  private void settle(Batch<V> batch) {
    line.drop();
    line.call(SETTLE, Tuple.of(batch.id()))
        .subscribe()
        .with(
            rows -> {
              backoff.reset();
              Row row = rows.iterator().next();
              if (row.getBoolean("committed")) {
                arrive(batch, row.getLong("last_index"));
              } else {
                step(batch.requests(), 0);
              }
            },
            failure -> {
              LOG.debugf("Settling failed: %s", failure.getMessage());
              later(() -> settle(batch));
            });
  }

  /** The batch is in the log; its requests are answered once the view has it too. */
  private void arrive(Batch<V> batch, long last) {
    following
        .reach(last)
        .subscribe()
        .with(ignored -> complete(batch), failure -> later(() -> arrive(batch, last)));
  }

  /**
   * Takes the head first, then decides: nobody can be faster. What a stopped process can hold is
   * bounded by the session.
   */
  private void hold(List<Request<V, ?>> requests) {
    line.run("begin")
        .onItem()
        .transformToUni(ignored -> line.call(TAKE, Tuple.tuple()))
        .subscribe()
        .with(
            rows -> held(requests, rows.iterator().next()), failure -> notSent(requests, failure));
  }

  private void held(List<Request<V, ?>> requests, Row row) {
    long epoch = row.getLong("epoch");
    long head = row.getLong("index");
    if (epoch != standing.snapshot().epoch()) {
      letGo(() -> moved(requests, epoch, head, 0));
    } else {
      following
          .reach(head)
          .subscribe()
          .with(
              ignored -> sendHolding(requests),
              failure -> letGo(() -> step(requests, REFUSALS_BEFORE_HOLDING)));
    }
  }

  private void sendHolding(List<Request<V, ?>> requests) {
    Batch<V> batch = decide(requests);
    ask(batch)
        .subscribe()
        .with(
            reply -> {
              if (reply instanceof Reply.Done && !batch.changesNothing()) {
                line.run("commit")
                    .subscribe()
                    .with(
                        ignored -> answered(batch, reply, 0),
                        failure -> failed(batch, failure, REFUSALS_BEFORE_HOLDING));
              } else {
                letGo(() -> answered(batch, reply, 0));
              }
            },
            failure -> {
              if (SqlErrors.rolledBack(failure) && !SqlErrors.passing(failure)) {
                letGo(() -> isolate(batch.requests(), failure));
              } else {
                notSent(batch.requests(), failure);
              }
            });
  }

  /** Ends the transaction that held the head, without a change. */
  private void letGo(Runnable then) {
    line.run("rollback")
        .subscribe()
        .with(
            ignored -> then.run(),
            failure -> {
              line.drop();
              then.run();
            });
  }

  /** No COMMIT was sent, so that nothing can have happened. */
  private void notSent(List<Request<V, ?>> requests, Throwable failure) {
    LOG.debugf("Taking the head failed: %s", failure.getMessage());
    line.drop();
    later(() -> step(requests, REFUSALS_BEFORE_HOLDING));
  }

  private void later(Runnable task) {
    thread.schedule(task, backoff.nextMillis(), TimeUnit.MILLISECONDS);
  }

  private void tooLate(Request<V, ?> request) {
    fail(request, Failure.unavailable("PostgreSQL did not take the change in time"));
  }

  private void fail(Request<V, ?> request, Failure failure) {
    done(request);
    request.fail(failure);
  }

  private void done(Request<V, ?> request) {
    request.id().ifPresent(underWay::remove);
  }
}
