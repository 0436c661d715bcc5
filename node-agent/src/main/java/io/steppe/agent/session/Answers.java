package io.steppe.agent.session;

import io.grpc.ManagedChannel;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.AgentFailure;
import io.steppe.rpc.v1.AgentRequest;
import io.steppe.rpc.v1.ClientRequest;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;

/** Answers what is asked of this node, each on a call of its own. */
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

  private Answers() {}

  /** A desk that has a clerk answer each request on a thread of its own. */
  public static Desk desk(Clerk clerk, Executor executor) {
    Semaphore free = new Semaphore(AT_ONCE);
    return (channel, request) -> {
      var answer = Answer.open(channel, request.getCallId(), request.getRequest().getCredit());
      if (!free.tryAcquire()) {
        answer.fail(failure(Failure.unavailable("too many requests to this node")));
        return;
      }
      executor.execute(
          () -> {
            try {
              work(clerk, request.getRequest(), answer);
            } finally {
              free.release();
            }
          });
    };
  }

  private static void work(Clerk clerk, ClientRequest request, Answer answer) {
    try {
      clerk.answer(request, answer);
      answer.complete();
    } catch (FrameSink.Gone e) {
      LOG.debug("nobody reads the answer any more");
    } catch (Failure e) {
      answer.fail(failure(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer.fail(failure(Failure.unavailable("the agent ends")));
    } catch (RuntimeException e) {
      LOG.errorf(e, "request %s could not be answered", request.getCallCase());
      answer.fail(failure(Failure.of(e)));
    }
  }

  private static AgentFailure failure(Failure failure) {
    return AgentFailure.newBuilder()
        .setCode(failure.kind().code().value())
        .setMessage(failure.getMessage())
        .build();
  }
}
