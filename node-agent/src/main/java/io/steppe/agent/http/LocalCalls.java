package io.steppe.agent.http;

import io.steppe.agent.session.Answers;
import io.steppe.clientapi.ClientCalls;
import io.steppe.rpc.v1.ClientRequest;
import java.time.Duration;
import java.util.function.Supplier;

/** Calls of this node, answered in its own process by the same clerk as those of its session. */
final class LocalCalls implements ClientCalls {
  private final Supplier<Answers> answers;
  private final int credit;

  /**
   * @param credit bytes that may be on their way to a reader
   */
  LocalCalls(Supplier<Answers> answers, int credit) {
    this.answers = answers;
    this.credit = credit;
  }

  @Override
  public io.steppe.clientapi.Answer ask(ClientRequest request, Duration quiet) {
    return LocalCall.begin(answers.get(), request.toBuilder().setCredit(credit).build());
  }
}
