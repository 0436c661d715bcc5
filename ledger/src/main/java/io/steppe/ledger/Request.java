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

  /**
   * One who waits for the answer: the caller, and its retries that came while this was under way.
   */
  private record Waiting<S>(Parser<S> parser, UniEmitter<? super S> emitter) {
    void answer(ByteString answer) {
      try {
        emitter.complete(parser.parseFrom(answer));
      } catch (InvalidProtocolBufferException e) {
        emitter.fail(Failure.conflict("the request id belongs to another call"));
      }
    }
  }

  private final Optional<UUID> id;
  private final Decision<V, R> decision;
  private final long deadlineNanos;
  private final Waiting<R> first;
  private final List<Waiting<?>> retries = new ArrayList<>(0);

  Request(
      Optional<UUID> id,
      Decision<V, R> decision,
      long deadlineNanos,
      Parser<R> parser,
      UniEmitter<? super R> emitter) {
    this.id = id;
    this.decision = decision;
    this.deadlineNanos = deadlineNanos;
    this.first = new Waiting<>(parser, emitter);
  }

  Optional<UUID> id() {
    return id;
  }

  <S> void retry(Parser<S> parser, UniEmitter<? super S> emitter) {
    retries.add(new Waiting<>(parser, emitter));
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
    first.emitter().complete(result);
    retries.forEach(retry -> retry.answer(result.toByteString()));
  }

  void fail(Throwable failure) {
    first.emitter().fail(failure);
    retries.forEach(retry -> retry.emitter().fail(failure));
  }

  /** Answers with what the first attempt under this id was answered. */
  void repeat(ByteString answer) {
    first.answer(answer);
    retries.forEach(retry -> retry.answer(answer));
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
