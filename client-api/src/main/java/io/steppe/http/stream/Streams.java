package io.steppe.http.stream;

import io.steppe.http.Edge;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.rpc.Failure;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.channels.ClosedChannelException;
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
    if (!places.tryAcquire()) {
      Edge.refuse(routing, new Refusal(429, "Too many streams"));
      return;
    }
    Thread thread =
        Thread.ofVirtual()
            .name("stream")
            .unstarted(
                () -> {
                  try {
                    answering.run();
                  } catch (Refusal refusal) {
                    out.refuse(refusal);
                  } catch (Failure failure) {
                    out.refuse(refusals.apply(failure));
                  } catch (ClosedChannelException | InterruptedException gone) {
                    LOG.debugf("The reader of %s is gone", routing.request().path());
                  } catch (RuntimeException | Error e) {
                    LOG.errorf(e, "%s failed", routing.request().path());
                    out.refuse(new Refusal(500, "Internal error; the log says more"));
                  } finally {
                    places.release();
                  }
                });
    Request.of(routing).onGone(thread::interrupt);
    thread.start();
  }
}
