package io.steppe.http.stream;

import io.steppe.http.Edge;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.rpc.Failure;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Runs what answers piece by piece, each on a virtual thread that ends when its client goes away.
 */
@ApplicationScoped
public class Streams {
  private static final Logger LOG = Logger.getLogger(Streams.class);
  private static final int MOST = 20_000;

  private final Semaphore places = new Semaphore(MOST);
  private final Standing standing;

  Streams(Standing standing) {
    this.standing = standing;
  }

  /** Something that answers. */
  public interface Answering {
    /**
     * Answers.
     *
     * @throws Refusal when nothing was written yet
     * @throws ClosedChannelException when the client is gone
     */
    void run() throws InterruptedException, ClosedChannelException;
  }

  /** Runs it; what it throws before anything was written becomes the answer. */
  public void run(
      RoutingContext routing,
      Outflow out,
      Function<Failure, Refusal> refusals,
      Answering answering) {
    Optional<Thread> thread =
        thread(
            () -> {
              try (var watched = standing.watch(Request.of(routing).admission(), out::lose)) {
                answer(routing.request().path(), out, refusals, answering);
              }
            });
    if (thread.isEmpty()) {
      Edge.refuse(routing, tooMany());
      return;
    }
    Request.of(routing).onGone(thread.get()::interrupt);
    thread.get().start();
  }

  /** A thread for something that goes on; none when there are too many. It has to be started. */
  public Optional<Thread> thread(Runnable work) {
    if (!places.tryAcquire()) {
      return Optional.empty();
    }
    return Optional.of(
        Thread.ofVirtual()
            .name("stream")
            .unstarted(
                () -> {
                  try {
                    work.run();
                  } finally {
                    places.release();
                  }
                }));
  }

  /** How many go on now. */
  public int open() {
    return MOST - places.availablePermits();
  }

  /** Said when there is no thread for a request. */
  public static Refusal tooMany() {
    return new Refusal(429, "Too many streams");
  }

  private static void answer(
      String path, Outflow out, Function<Failure, Refusal> refusals, Answering answering) {
    try {
      answering.run();
    } catch (Refusal refusal) {
      out.refuse(refusal);
    } catch (Failure failure) {
      out.refuse(refusals.apply(failure));
    } catch (ClosedChannelException | InterruptedException gone) {
      LOG.debugf("The reader of %s is gone", path);
    } catch (RuntimeException | Error e) {
      LOG.errorf(e, "%s failed", path);
      out.refuse(new Refusal(500, "Internal error; the log says more"));
    }
  }
}
