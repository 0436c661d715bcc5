package io.steppe.clientapi.follow;

import io.steppe.clientapi.Answer;
import io.steppe.clientapi.ClientCalls;
import io.steppe.clientapi.ClientSettings;
import io.steppe.http.stream.Item;
import io.steppe.proto.v1.StreamFrame;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Follows files and logs for any number of readers with one stream each. A reader reads up by
 * pieces until it has all there is, and then shares the {@link Tail}; one that falls behind reads
 * up again. So a reader that stalls costs its position and one piece. A stream whose agent or
 * service went away goes on where it was when they are back.
 */
@ApplicationScoped
public class Following {
  private static final int SMALLEST_PIECE = 64 << 10;
  private static final int LARGEST_PIECE = 512 << 10;
  private static final Duration SWIFT = Duration.ofMillis(100);
  private static final String DELETED = "file deleted";

  private final ClientCalls clients;
  private final Duration patience;
  private final Duration heartbeat;
  private final Map<Followed, Tail> tails = new ConcurrentHashMap<>();

  Following(ClientCalls clients, ClientSettings settings) {
    this.clients = clients;
    patience = settings.patience();
    heartbeat = settings.heartbeat();
  }

  /** Who follows. Its methods return when it takes more. */
  public interface Reader {
    /** Something new. */
    void piece(Piece piece) throws InterruptedException, ClosedChannelException;

    /** Nothing new for a while. */
    void quiet() throws InterruptedException, ClosedChannelException;
  }

  /**
   * Follows until the file ends, or the reader goes.
   *
   * @param asked a request for a log or a stream; where the reader wants to begin
   * @throws Failure as the agent says, or when what was followed is gone for too long
   */
  public void follow(ClientRequest asked, Reader reader)
      throws InterruptedException, ClosedChannelException {
    new Reading(Followed.of(asked), asked, reader).run();
  }

  /** Streams open to agents. */
  int streams() {
    return tails.size();
  }

  private Tail tail(Followed followed, ClientRequest asked, Place place) {
    return tails.compute(
        followed,
        (key, present) -> {
          if (present != null && !present.isOver()) {
            return present;
          }
          return new Tail(clients, followed, asked, place, it -> tails.remove(followed, it));
        });
  }

  /** What came of a piece: there is more to read, it was all there is, or the file is gone. */
  private enum Read {
    MORE,
    ALL,
    GONE
  }

  /** One reader's way. */
  private final class Reading {
    private final Followed followed;
    private final ClientRequest asked;
    private final Reader reader;
    private final Patience broken = new Patience();
    private Optional<Place> place = Optional.empty();
    private int limit = SMALLEST_PIECE;

    Reading(Followed followed, ClientRequest asked, Reader reader) {
      this.followed = followed;
      this.asked = asked;
      this.reader = reader;
    }

    void run() throws InterruptedException, ClosedChannelException {
      while (true) {
        switch (readUp()) {
          case MORE -> {}
          case ALL -> {
            if (share()) {
              return;
            }
          }
          case GONE -> {
            return;
          }
        }
      }
    }

    /** Reads a piece, and again what could not be read. */
    private Read readUp() throws InterruptedException, ClosedChannelException {
      try {
        Queue<Piece> pieces = fetch();
        broken.renew();
        return give(pieces);
      } catch (Failure failure) {
        if (place.isEmpty()) {
          throw failure;
        }
        if (isDeleted(failure)) {
          StreamFrame.Builder deleted =
              StreamFrame.newBuilder()
                  .setFile(place.get().file())
                  .setOffset(place.get().offset())
                  .setFileEvent(DELETED);
          reader.piece(new Piece(deleted.build()));
          return Read.GONE;
        }
        broken.pause(failure);
        reader.quiet();
        return Read.MORE;
      }
    }

    private boolean isDeleted(Failure failure) {
      return followed instanceof Followed.OneFile
          && failure.kind() == Kind.NOT_FOUND
          && !Patience.isPassing(failure);
    }

    private Queue<Piece> fetch() throws InterruptedException {
      ClientRequest request =
          place
              .map(from -> followed.piece(asked, from, limit))
              .orElseGet(() -> followed.first(asked, limit));
      Queue<Piece> pieces = new ArrayDeque<>();
      try (Answer answer = clients.ask(request, patience)) {
        while (true) {
          switch (answer.next(patience)) {
            case null ->
                throw Failure.unavailable(
                    "The agent did not answer within " + patience.toSeconds() + " s");
            case Item.Message<ClientFrame>(ClientFrame frame) -> {
              pieces.add(new Piece(frame.getData()));
              answer.taken(frame.getData().getData().size());
            }
            case Item.Broken<ClientFrame>(Failure failure) -> throw failure;
            case Item.End<ClientFrame> end -> {
              return pieces;
            }
          }
        }
      }
    }

    /** Hands on what was read; a swift reader gets larger pieces. */
    private Read give(Queue<Piece> pieces) throws InterruptedException, ClosedChannelException {
      long began = System.nanoTime();
      long bytes = 0;
      while (!pieces.isEmpty()) {
        Piece piece = pieces.remove();
        place = Optional.of(piece.after());
        bytes += piece.frame().getData().size();
        if (!isMark(piece)) {
          reader.piece(piece);
        }
      }
      boolean all = bytes < limit;
      boolean swift = System.nanoTime() - began < SWIFT.toNanos();
      limit = swift ? Math.min(LARGEST_PIECE, limit * 2) : SMALLEST_PIECE;
      return all ? Read.ALL : Read.MORE;
    }

    /** A frame that only says where the piece ended. */
    private static boolean isMark(Piece piece) {
      return piece.frame().getData().isEmpty() && piece.frame().getFileEvent().isEmpty();
    }

    /** Shares the tail as long as it can keep up. Whether that was all there ever will be. */
    private boolean share() throws InterruptedException, ClosedChannelException {
      Place from =
          place.orElseThrow(() -> Failure.unavailable("The agent did not say where it is"));
      Optional<Tail.Cursor> joined = tail(followed, asked, from).join(from);
      if (joined.isEmpty()) {
        return false;
      }
      try (Tail.Cursor cursor = joined.get()) {
        while (true) {
          switch (cursor.next(heartbeat)) {
            case Tail.Next.Got(Piece piece) -> {
              place = Optional.of(piece.after());
              reader.piece(piece);
            }
            case Tail.Next.Quiet quiet -> reader.quiet();
            case Tail.Next.Behind behind -> {
              return false;
            }
            case Tail.Next.Over(Optional<Failure> failure) -> {
              if (failure.isPresent()) {
                throw failure.get();
              }
              return true;
            }
          }
        }
      }
    }
  }
}
