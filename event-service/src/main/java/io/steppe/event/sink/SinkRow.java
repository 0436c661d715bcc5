package io.steppe.event.sink;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.steppe.ledger.seal.Sealed;
import io.steppe.proto.v1.EventSink;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;

/**
 * A sink as its row has it. Rows are changed by the statements of {@link SinkStore} only, never by
 * setting what was read: a place moves under a condition.
 */
@Entity(name = "SinkRow")
@Table(schema = "ledger", name = "sinks")
class SinkRow {
  @Id String id;

  /** An {@link EventSink} without secret and state. */
  byte[] definition;

  /** Null once it is sealed. */
  String secret;

  /** Null while the secret lies open; so is the key's id. */
  byte[] sealed;

  @Column(name = "seal_key")
  String sealKey;

  long version;

  @Column(name = "delivered_index")
  long delivered;

  @Column(name = "delivered_at")
  Instant deliveredAt;

  @Column(name = "last_error")
  String lastError;

  @Column(name = "last_error_at")
  Instant lastErrorAt;

  int failures;

  @Column(name = "next_attempt_at")
  Instant nextAttemptAt;

  long lost;

  String replica;

  @Column(name = "created_at")
  Instant createdAt;

  @Column(name = "modified_at")
  Instant modifiedAt;

  /**
   * What the row says.
   *
   * @throws PersistenceException for a definition that can't be read
   */
  Sink sink() {
    return new Sink(
        definition(),
        sealed == null
            ? new StoredSecret.Open(secret)
            : new StoredSecret.Closed(new Sealed(sealKey, ByteString.copyFrom(sealed))),
        version,
        delivered,
        new Sink.Progress(
            Optional.ofNullable(deliveredAt),
            lastError,
            Optional.ofNullable(lastErrorAt),
            failures,
            Optional.ofNullable(nextAttemptAt),
            lost,
            replica),
        createdAt,
        modifiedAt);
  }

  private EventSink definition() {
    try {
      return EventSink.parseFrom(definition);
    } catch (InvalidProtocolBufferException e) {
      throw new PersistenceException("the definition of sink " + id + " can't be read", e);
    }
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "row of sink " + id;
  }
}
