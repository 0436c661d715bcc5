package io.steppe.clientapi.follow;

import io.steppe.clientapi.Answer;
import io.steppe.clientapi.ClientCalls;
import io.steppe.http.stream.Item;
import io.steppe.proto.v1.StreamFrame;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One stream from an agent that all who follow the same file share: its newest frames. It never
 * waits for a reader; one that falls behind what is kept has to read up by itself. Begins with its
 * first reader and ends with its last, or with the file.
 */
final class Tail {
  private static final long KEPT_BYTES = 1 << 20;
  private static final int KEPT_FRAMES = 1_024;
  private static final Duration AHEAD = Duration.ofSeconds(1);
  private static final Duration TICK = Duration.ofSeconds(1);

  private final ClientCalls clients;
  private final Followed followed;
  private final ClientRequest asked;
  private final Consumer<Tail> onOver;
  private final Thread thread = Thread.ofVirtual().name("tail").unstarted(this::run);
  private final Set<Cursor> cursors = new HashSet<>();

  /** Frames from number {@code first} to before {@code next}, each at its number modulo length. */
  private final Piece[] kept = new Piece[KEPT_FRAMES];

  private long first;
  private long next;
  private long keptBytes;
  private Place end;
  private volatile boolean over;
  private Optional<Failure> failure = Optional.empty();

  /**
   * A tail that begins at a place.
   *
   * @param asked by its first reader
   * @param onOver told at its end; must not wait
   */
  Tail(
      ClientCalls clients,
      Followed followed,
      ClientRequest asked,
      Place end,
      Consumer<Tail> onOver) {
    this.onOver = onOver;
    this.clients = clients;
    this.followed = followed;
    this.asked = asked;
    this.end = end;
  }

  /** What a reader gets. */
  sealed interface Next {
    record Got(Piece piece) implements Next {}

    /** Nothing came in time. */
    record Quiet() implements Next {}

    /** What the reader needs next is no longer kept. */
    record Behind() implements Next {}

    /** There will be no more. */
    record Over(Optional<Failure> failure) implements Next {}
  }

  /** A reader's position in the frames. */
  final class Cursor implements AutoCloseable {
    private long next;
    private Optional<Place> within;

    private Cursor(long next, Optional<Place> within) {
      this.next = next;
      this.within = within;
    }

    Next next(Duration longest) throws InterruptedException {
      return Tail.this.next(this, longest);
    }

    @Override
    public void close() {
      leave(this);
    }
  }

  /**
   * A reader joins where it is. Waits a little for the tail to get there.
   *
   * @return none when the reader has to read up first, or the tail is over
   */
  synchronized Optional<Cursor> join(Place place) throws InterruptedException {
    long until = System.nanoTime() + AHEAD.toNanos();
    while (!over) {
      Optional<Cursor> cursor = find(place);
      if (cursor.isPresent()) {
        cursors.add(cursor.get());
        if (thread.getState() == Thread.State.NEW) {
          thread.start();
        }
        return cursor;
      }
      long left = (until - System.nanoTime()) / 1_000_000;
      boolean behind = first < next && place.compareTo(at(first).before()) < 0;
      if (behind || left <= 0) {
        return Optional.empty();
      }
      wait(left);
    }
    return Optional.empty();
  }

  private Optional<Cursor> find(Place place) {
    if (place.equals(end)) {
      return Optional.of(new Cursor(next, Optional.empty()));
    }
    for (long number = next - 1; number >= first; number--) {
      if (at(number).contains(place)) {
        return Optional.of(new Cursor(number, Optional.of(place)));
      }
    }
    return Optional.empty();
  }

  private Piece at(long number) {
    return kept[(int) (number % KEPT_FRAMES)];
  }

  private synchronized Next next(Cursor cursor, Duration longest) throws InterruptedException {
    long until = System.nanoTime() + longest.toNanos();
    while (true) {
      if (!cursors.contains(cursor)) {
        return new Next.Behind();
      }
      if (cursor.next < next) {
        return new Next.Got(take(cursor));
      }
      if (over) {
        return new Next.Over(failure);
      }
      long left = (until - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return new Next.Quiet();
      }
      wait(left);
    }
  }

  private Piece take(Cursor cursor) {
    Piece piece = at(cursor.next);
    cursor.next++;
    Optional<Place> within = cursor.within;
    cursor.within = Optional.empty();
    return within.isPresent() ? piece.from(within.get()) : piece;
  }

  private synchronized void leave(Cursor cursor) {
    cursors.remove(cursor);
    if (cursors.isEmpty()) {
      finish(Optional.empty());
    }
  }

  boolean isOver() {
    return over;
  }

  private synchronized void finish(Optional<Failure> why) {
    if (!over) {
      over = true;
      failure = why;
      notifyAll();
      thread.interrupt();
      onOver.accept(this);
    }
  }

  private synchronized void add(StreamFrame frame) {
    Piece piece = new Piece(frame);
    if (next - first == KEPT_FRAMES) {
      forgetFirst();
    }
    kept[(int) (next % KEPT_FRAMES)] = piece;
    next++;
    keptBytes += frame.getData().size();
    end = piece.after();
    while (keptBytes > KEPT_BYTES) {
      forgetFirst();
    }
    // Who is behind costs no stream: when all are, it ends.
    if (cursors.removeIf(cursor -> cursor.next < first) && cursors.isEmpty()) {
      finish(Optional.empty());
    }
    notifyAll();
  }

  private void forgetFirst() {
    keptBytes -= at(first).frame().getData().size();
    kept[(int) (first % KEPT_FRAMES)] = null;
    first++;
  }

  private synchronized Place end() {
    return end;
  }

  private void run() {
    Patience patience = new Patience();
    try {
      while (!isOver()) {
        try (Answer answer = clients.ask(followed.tail(asked, end()), TICK)) {
          if (all(answer, patience)) {
            finish(Optional.empty());
          }
        } catch (Failure broken) {
          patience.pause(broken);
        }
      }
    } catch (Failure given) {
      finish(Optional.of(given));
    } catch (InterruptedException e) {
      finish(Optional.empty());
    } catch (RuntimeException e) {
      finish(Optional.of(Failure.of(e)));
    }
  }

  /** Whether the answer came to its end. */
  private boolean all(Answer answer, Patience patience) throws InterruptedException {
    while (!isOver()) {
      switch (answer.next(TICK)) {
        case null -> {}
        case Item.Message<ClientFrame>(ClientFrame frame) -> {
          patience.renew();
          StreamFrame data = frame.getData();
          if (!data.equals(StreamFrame.getDefaultInstance())) {
            add(data);
            answer.taken(data.getData().size());
          }
        }
        case Item.Broken<ClientFrame>(Failure broken) -> throw broken;
        case Item.End<ClientFrame> end -> {
          return true;
        }
      }
    }
    return false;
  }
}
