package io.steppe.clientapi;

import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ClientRequest;
import java.time.Duration;

/** Calls that an agent answers: over the network, or in the agent's own process. */
public interface ClientCalls {
  /**
   * Asks, and waits for the beginning of the answer.
   *
   * @param request its credit is set by what carries it
   * @param quiet how long an answer may be without a first frame before it is taken for a silent
   *     one
   * @throws Failure as the agent, or what is on the way to it, says
   */
  Answer ask(ClientRequest request, Duration quiet) throws InterruptedException;
}
