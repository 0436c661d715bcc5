package io.steppe.event.sink;

import io.quarkus.hibernate.orm.panache.PanacheRepositoryBase;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.narayana.jta.QuarkusTransactionException;
import io.steppe.ledger.seal.Sealed;
import io.steppe.proto.v1.EventSink;
import jakarta.inject.Singleton;
import jakarta.persistence.PersistenceException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The sinks in the database. Blocks; each method is a transaction of its own, and fails with a
 * {@link PersistenceException} when the database does not answer.
 */
@Singleton
public class SinkStore implements PanacheRepositoryBase<SinkRow, String> {
  private static final int TIMEOUT_MILLIS = 10_000;

  /** HQL's own is when the transaction began. */
  private static final String NOW = "function('clock_timestamp')";

  /** All of them, in order of id. */
  List<Sink> all() {
    return transaction(() -> find("order by id").list().stream().map(SinkRow::sink).toList());
  }

  /** One of them. */
  Optional<Sink> get(String id) {
    return transaction(() -> find("id", id).singleResultOptional().map(SinkRow::sink));
  }

  /**
   * Makes a sink.
   *
   * @param delivered the index it starts after
   * @param most sinks there may be
   * @return whether it is there now: false where its id is taken or there are enough
   */
  boolean insert(EventSink definition, Sealed secret, long delivered, int most) {
    // In SQL, for HQL's insert can't count before it inserts.
    return changes(
        () ->
            getEntityManager()
                .createNativeQuery(
                    "insert into ledger.sinks (id, definition, sealed, seal_key, delivered_index)"
                        + " select ?1, ?2, ?3, ?4, ?5"
                        + " where (select count(*) from ledger.sinks) < ?6"
                        + " on conflict (id) do nothing")
                .setParameter(1, definition.getId())
                .setParameter(2, stored(definition))
                .setParameter(3, secret.bytes().toByteArray())
                .setParameter(4, secret.keyId())
                .setParameter(5, delivered)
                .setParameter(6, most)
                .executeUpdate());
  }

  /**
   * Replaces a definition.
   *
   * @param secret none for the one it has
   * @param delivered empty for where it is
   */
  boolean replace(EventSink definition, Optional<Sealed> secret, Optional<Long> delivered) {
    String id = definition.getId();
    return changes(
        () -> {
          int rows =
              update(
                  "update SinkRow set definition = ?1, version = version + 1, modifiedAt = "
                      + NOW
                      + ", failures = 0, nextAttemptAt = null where id = ?2",
                  stored(definition),
                  id);
          secret.ifPresent(given -> seal(id, given));
          delivered.ifPresent(
              place -> update("update SinkRow set delivered = ?1 where id = ?2", place, id));
          return rows;
        });
  }

  private void seal(String id, Sealed secret) {
    update(
        "update SinkRow set sealed = ?1, sealKey = ?2, secret = null where id = ?3",
        secret.bytes().toByteArray(),
        secret.keyId(),
        id);
  }

  /** Stores a secret sealed anew; false when it is another by now. */
  boolean sealAnew(Sink sink, Sealed secret) {
    return changes(
        () ->
            update(
                "update SinkRow set sealed = ?1, sealKey = ?2, secret = null"
                    + " where id = ?3 and version = ?4",
                secret.bytes().toByteArray(),
                secret.keyId(),
                sink.id(),
                sink.version()));
  }

  /** Forgets a sink; false when it is not there. */
  boolean remove(String id) {
    return changes(() -> (int) delete("id", id));
  }

  /** Moves the place after a delivery; false when the sink is another by now. */
  boolean delivered(Sink sink, long index, String replica) {
    return changes(
        () ->
            update(
                "update SinkRow set delivered = greatest(delivered, ?1), deliveredAt = "
                    + NOW
                    + ", failures = 0, nextAttemptAt = null, replica = ?2"
                    + " where id = ?3 and version = ?4",
                index,
                replica,
                sink.id(),
                sink.version()));
  }

  /** Moves the place over what was not for this sink. */
  boolean passed(Sink sink, long index, String replica) {
    return changes(
        () ->
            update(
                "update SinkRow set delivered = greatest(delivered, ?1), replica = ?2"
                    + " where id = ?3 and version = ?4",
                index,
                replica,
                sink.id(),
                sink.version()));
  }

  /** Notes an attempt that failed. */
  boolean failed(Sink sink, String error, int failures, Instant nextAttempt, String replica) {
    return changes(
        () ->
            update(
                "update SinkRow set lastError = ?1, lastErrorAt = "
                    + NOW
                    + ", failures = ?2, nextAttemptAt = ?3, replica = ?4"
                    + " where id = ?5 and version = ?6",
                error,
                failures,
                nextAttempt,
                replica,
                sink.id(),
                sink.version()));
  }

  /** Notes indexes that are gone. */
  boolean lost(Sink sink, long indexes, String replica) {
    return changes(
        () ->
            update(
                "update SinkRow set lost = lost + ?1, replica = ?2 where id = ?3 and version = ?4",
                indexes,
                replica,
                sink.id(),
                sink.version()));
  }

  private interface Change {
    /** Returns rows changed. */
    int rows();
  }

  private boolean changes(Change change) {
    return transaction(() -> change.rows() > 0);
  }

  private <T> T transaction(Supplier<T> question) {
    try {
      return QuarkusTransaction.requiringNew()
          .call(
              () -> {
                getEntityManager().setProperty("jakarta.persistence.query.timeout", TIMEOUT_MILLIS);
                return question.get();
              });
    } catch (QuarkusTransactionException e) {
      throw new PersistenceException(e.getMessage(), e);
    }
  }

  private static byte[] stored(EventSink definition) {
    return definition.toBuilder().clearSecret().clearState().clearIndex().build().toByteArray();
  }
}
