package io.steppe.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Requests decided one after the other, each on the view that the ones before leave, and committed
 * together.
 *
 * @param id the batch in the log
 * @param decided the requests with what they came to, in order
 * @param rest those that did not fit
 * @param before the view they were decided against
 * @param after the view once they are committed
 * @param changes all of their changes
 */
record Batch<V extends View<V>>(
    UUID id,
    List<Decided<V, ?>> decided,
    List<Request<V, ?>> rest,
    Snapshot<V> before,
    Snapshot<V> after,
    List<LoggedChange> changes) {

  /** A request with its outcome. */
  record Decided<V extends View<V>, R extends MessageLite>(
      Request<V, R> request, Outcome<R> outcome) {
    void complete() {
      switch (outcome) {
        case Outcome.Commit<R> commit -> request.succeed(commit.result());
        case Outcome.Unchanged<R> unchanged -> request.succeed(unchanged.result());
        case Outcome.Refused<R> refused -> request.fail(refused.failure());
      }
    }

    List<String> guards() {
      return outcome instanceof Outcome.Commit<R> commit ? commit.guards() : List.of();
    }
  }

  static <V extends View<V>> Batch<V> decide(
      List<Request<V, ?>> requests, Snapshot<V> before, int bytes, Instant now) {
    Deciding<V> deciding = new Deciding<>(before, now);
    int taken = 0;
    while (taken < requests.size() && (taken == 0 || deciding.size < bytes)) {
      deciding.add(requests.get(taken++));
    }
    return new Batch<>(
        UUID.randomUUID(),
        List.copyOf(deciding.decided),
        List.copyOf(requests.subList(taken, requests.size())),
        before,
        new Snapshot<>(before.epoch(), deciding.index, deciding.view, deciding.tables, now),
        List.copyOf(deciding.changes));
  }

  boolean changesNothing() {
    return changes.isEmpty();
  }

  List<Request<V, ?>> requests() {
    List<Request<V, ?>> requests = new ArrayList<>(decided.size());
    decided.forEach(one -> requests.add(one.request()));
    return requests;
  }

  /** All request ids of the batch. */
  UUID[] ids() {
    return decided.stream().flatMap(one -> one.request().id().stream()).toArray(UUID[]::new);
  }

  /** The arguments of commit_v1. */
  Tuple arguments() {
    List<UUID> ids = new ArrayList<>();
    List<Buffer> answers = new ArrayList<>();
    List<String> guards = new ArrayList<>();
    for (Decided<V, ?> one : decided) {
      if (one.outcome() instanceof Outcome.Commit<?> commit) {
        ids.add(one.request().id().orElse(null));
        answers.add(Buffer.buffer(((MessageLite) commit.result()).toByteArray()));
        guards.addAll(commit.guards());
      }
    }
    Tuple arguments =
        Tuple.of(
                before.epoch(),
                before.index(),
                id,
                ids(),
                guards.toArray(String[]::new),
                ids.toArray(UUID[]::new))
            .addArrayOfBuffer(answers.toArray(Buffer[]::new));
    new Columns(changes, before.index()).addTo(arguments);
    return arguments;
  }

  /** Deciding under way. */
  private static final class Deciding<V extends View<V>> {
    private final Instant now;
    private final List<Decided<V, ?>> decided = new ArrayList<>();
    private final List<LoggedChange> changes = new ArrayList<>();
    private final Map<String, Long> tables;
    private V view;
    private long index;
    private long size;

    Deciding(Snapshot<V> before, Instant now) {
      this.now = now;
      this.view = before.view();
      this.index = before.index();
      this.tables = new HashMap<>(before.tableIndexes());
    }

    <R extends MessageLite> void add(Request<V, R> request) {
      Outcome<R> outcome = request.decide(view, index + 1, now);
      decided.add(new Decided<>(request, outcome));
      if (outcome instanceof Outcome.Commit<R> commit) {
        index++;
        int ordinal = 0;
        for (Change change : commit.changes()) {
          LoggedChange logged = new LoggedChange(index, ordinal++, change);
          changes.add(logged);
          view = view.apply(logged);
          tables.put(change.table(), index);
          size += change.object().map(ByteString::size).orElse(0);
        }
      }
    }
  }

  /** Changes as the arrays of commit_v1. */
  private record Columns(List<LoggedChange> changes, long head) {
    void addTo(Tuple arguments) {
      int size = changes.size();
      Integer[] request = new Integer[size];
      Integer[] ordinal = new Integer[size];
      String[] table = new String[size];
      String[] key = new String[size];
      Buffer[] object = new Buffer[size];
      String[] topic = new String[size];
      String[] type = new String[size];
      String[] eventKey = new String[size];
      String[] namespace = new String[size];
      String[] filterKeys = new String[size];
      Buffer[] last = new Buffer[size];
      for (int i = 0; i < size; i++) {
        LoggedChange logged = changes.get(i);
        Change change = logged.change();
        request[i] = (int) (logged.index() - head);
        ordinal[i] = logged.ordinal();
        table[i] = change.table();
        key[i] = change.key();
        object[i] = buffer(change.object());
        if (change.event().isPresent()) {
          EventTag event = change.event().get();
          topic[i] = event.topic();
          type[i] = event.type();
          eventKey[i] = event.key();
          namespace[i] = event.namespace();
          filterKeys[i] = joined(event.filterKeys());
          last[i] = buffer(event.lastObject());
        }
      }
      arguments
          .addArrayOfInteger(request)
          .addArrayOfInteger(ordinal)
          .addArrayOfString(table)
          .addArrayOfString(key)
          .addArrayOfBuffer(object)
          .addArrayOfString(topic)
          .addArrayOfString(type)
          .addArrayOfString(eventKey)
          .addArrayOfString(namespace)
          .addArrayOfString(filterKeys)
          .addArrayOfBuffer(last);
    }

    private static Buffer buffer(Optional<ByteString> bytes) {
      return bytes.map(some -> Buffer.buffer(some.toByteArray())).orElse(null);
    }

    /**
     * PostgreSQL's arrays of arrays can't have rows of different length: each key is led by a unit
     * separator.
     */
    private static String joined(List<String> keys) {
      StringBuilder text = new StringBuilder();
      keys.forEach(one -> text.append('\u001f').append(one.replace('\u001f', ' ')));
      return text.toString();
    }
  }
}
