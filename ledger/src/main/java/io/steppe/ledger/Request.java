package io.steppe.ledger;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jboss.logging.Logger;

/** A request on its way to a commit. Used on the ledger's thread only. */
final class Request<V extends View<V>, R extends MessageLite> {
  private static final Logger LOG = Logger.getLogger(Request.class);

  /** One who waits for the outcome; a retry that comes while the first attempt is under way waits beside it. */
  private record Waiting<R>(Parser<R> parser, UniEmitter<? super R> emitter) {}

  private final Optional<UUID> id;
  private final Decision<V, R> decision;
  private final long deadlineNanos;
  private final List<Waiting<R>> waiting = new ArrayList<>(1);
  private int cancelled;

  Request(Optional<UUID> id, Decision<V, R> decision, long deadlineNanos) {
    this.id = id;
    this.decision = decision;
    this.deadlineNanos = deadlineNanos;
  }

  Optional<UUID> id() {
    return id;
  }

  void await(Parser<R> parser, UniEmitter<? super R> emitter) {
    waiting.add(new Waiting<>(parser, emitter));
  }

  void cancel() {
    cancelled++;
  }

  /** Whether nobody waits any more, so that it need not be decided. */
  boolean abandoned() {
    return cancelled >= waiting.size();
  }

  boolean expired(long nowNanos) {
    return nowNanos - deadlineNanos > 0;
  }

  /** Decides; an exception of the decision's own is its refusal. */
  Outcome<R> decide(V view, long index, Instant now) {
    try {
      return decision.decide(view, index, now);
    } catch (Failure failure) {
      return new Outcome.Refused<>(failure);
    } catch (RuntimeException defect) {
      LOG.errorf(defect, "A decision failed; its request is refused");
      return new Outcome.Refused<>(new Failure(Kind.INTERNAL, "deciding failed: " + defect));
    }
  }

  void succeed(R result) {
    waiting.forEach(one -> one.emitter().complete(result));
  }

  void fail(Throwable failure) {
    waiting.forEach(one -> one.emitter().fail(failure));
  }

  /** Answers with what the first attempt under this id was answered. */
  void repeat(ByteString answer) {
    for (Waiting<R> one : waiting) {
      try {
        one.emitter().complete(one.parser().parseFrom(answer));
      } catch (InvalidProtocolBufferException e) {
        one.emitter().fail(Failure.conflict("the request id " + id.map(UUID::toString).orElse("") + " belongs to another call"));
      }
    }
  }

  /** The id as given by a caller. */
  static Optional<UUID> parseId(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException e) {
      throw Failure.invalid("request id must be a UUID: " + text);
    }
  }
}
