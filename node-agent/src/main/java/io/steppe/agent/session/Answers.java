package io.steppe.agent.session;

import io.grpc.ManagedChannel;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.AgentRequest;
import io.steppe.rpc.v1.ClientRequest;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;

/** Answers what is asked of this node, over its session or in its own process. */
public final class Answers {
  private static final Logger LOG = Logger.getLogger(Answers.class);

  /** Answers under way at a time; more are refused. */
  private static final int AT_ONCE = 512;

  /** Takes requests as they come over the session. */
  @FunctionalInterface
  public interface Desk {
    void answer(ManagedChannel channel, AgentRequest request);
  }

  /** Answers a request: sends frames and returns when all are sent. */
  @FunctionalInterface
  public interface Clerk {
    /**
     * @throws Failure for what the asker is to be told
     * @throws FrameSink.Gone when nobody reads any more
     */
    void answer(ClientRequest request, FrameSink sink) throws FrameSink.Gone, InterruptedException;
  }

  private final Semaphore free = new Semaphore(AT_ONCE);
  private final Clerk clerk;
  private final Executor executor;

  /** Has a clerk answer each request on a thread of its own. */
  public Answers(Clerk clerk, Executor executor) {
    this.clerk = clerk;
    this.executor = executor;
  }

  /** The desk for requests of the session: each answer is dialled. */
  public Desk desk() {
    return (channel, request) -> {
      var dialled = Dialled.open(channel, request);
      begin(request.getRequest(), dialled, dialled.answer());
    };
  }

  /** Answers a request of this process, with the credit it carries. */
  public Answer begin(ClientRequest request, Outlet outlet) {
    var answer = new Answer(outlet, Integer.toUnsignedLong(request.getCredit()));
    begin(request, outlet, answer);
    return answer;
  }

  private void begin(ClientRequest request, Outlet outlet, Answer answer) {
    if (!free.tryAcquire()) {
      outlet.fail(Failure.unavailable("too many requests to this node"));
      return;
    }
    executor.execute(
        () -> {
          try {
            work(request, outlet, answer);
          } finally {
            free.release();
          }
        });
  }

  private void work(ClientRequest request, Outlet outlet, Answer answer) {
    try {
      clerk.answer(request, answer);
      outlet.complete();
    } catch (FrameSink.Gone e) {
      LOG.debug("nobody reads the answer any more");
    } catch (Failure e) {
      outlet.fail(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      outlet.fail(Failure.unavailable("the agent ends"));
    } catch (RuntimeException e) {
      LOG.errorf(e, "request %s could not be answered", request.getCallCase());
      outlet.fail(Failure.of(e));
    }
  }
}
