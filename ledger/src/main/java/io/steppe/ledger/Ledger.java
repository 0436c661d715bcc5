package io.steppe.ledger;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.smallrye.mutiny.Uni;
import java.util.function.Consumer;

/**
 * A service's door to the log: commits, and a view that follows it. Every write of the system goes
 * through {@link #commit}.
 *
 * @param <V> the view this service keeps
 */
public interface Ledger<V extends View<V>> extends AutoCloseable {

  /**
   * Decides and commits. Requests that arrive while a commit is under way are committed together by
   * the next one, each with an index and an outcome of its own.
   *
   * <p>Fails with {@link io.steppe.rpc.Failure}: what the decision refused with; CONFLICT for a
   * failed guard; UNAVAILABLE when the queue is full or PostgreSQL can't be reached in time. After
   * a failure this attempt has changed nothing: an unknown outcome is settled first. An earlier
   * attempt under the same request id, whose process was killed, may have: only an answer tells.
   *
   * @param requestId a UUID; a request id that was committed before gets its first answer. Empty
   *     for none.
   * @param parser reads a stored answer back
   */
  <R extends MessageLite> Uni<R> commit(
      String requestId, Parser<R> parser, Decision<V, R> decision);

  /** The view as it is, maybe behind the log. */
  Snapshot<V> snapshot();

  /** The view once it holds everything that was committed before this call: a linearizable read. */
  Uni<Snapshot<V>> latest();

  /** The view once it has reached an index. */
  Uni<Snapshot<V>> at(long index);

  /**
   * Calls the follower for every step of the view, in order, one at a time, starting with a reload
   * of the present view. It is called on the ledger's own thread and must not block. Closing ends
   * it.
   */
  AutoCloseable follow(Consumer<Advance<V>> follower);

  /** Completes once the view is loaded. */
  Uni<Void> ready();

  @Override
  void close();
}
