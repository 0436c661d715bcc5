package io.steppe.node.client;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.steppe.node.session.Session;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.AgentAnswer;
import io.steppe.rpc.v1.AgentRequest;
import io.steppe.rpc.v1.AnswerCredit;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Calls asked of agents connected here, and the answers that agents dial back with. */
public final class Answers {
  private static final int MAX_WAITING = 10_000;

  /** A call that waits for its agent to dial. */
  private record Waiting(Session session, AgentCall call, ScheduledFuture<?> timeout) {}

  private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();
  private final ScheduledExecutorService timer;
  private final Duration answerWithin;

  /**
   * @param answerWithin how long an agent may take to begin an answer
   */
  public Answers(ScheduledExecutorService timer, Duration answerWithin) {
    this.timer = timer;
    this.answerWithin = answerWithin;
  }

  /**
   * Asks an agent. What it answers goes to the reader.
   *
   * @throws Failure NOT_FOUND when the agent can't be reached, UNAVAILABLE when too many calls wait
   */
  Leg ask(Session session, ClientRequest request, ServerCallStreamObserver<ClientFrame> reader) {
    if (waiting.size() >= MAX_WAITING) {
      throw Failure.unavailable("too many calls wait for their agents");
    }
    String id = UUID.randomUUID().toString();
    AgentCall call = new AgentCall(reader, request.getCredit(), () -> forget(id));
    ScheduledFuture<?> timeout =
        timer.schedule(
            () -> call.fail(Status.UNAVAILABLE.withDescription("the node's agent does not answer")),
            answerWithin.toMillis(),
            TimeUnit.MILLISECONDS);
    waiting.put(id, new Waiting(session, call, timeout));
    if (!session.request(AgentRequest.newBuilder().setCallId(id).setRequest(request).build())) {
      forget(id);
      throw ClientsEndpoint.noPath();
    }
    return call;
  }

  /** An agent dials with an answer; which one its first message says. */
  public StreamObserver<AgentAnswer> accept(ServerCallStreamObserver<AnswerCredit> agent) {
    return new Answer(agent);
  }

  /** An agent's session ended: what it has not begun to answer it never will. */
  public void lost(Session session) {
    waiting.values().stream()
        .filter(one -> one.session() == session)
        .forEach(one -> one.call().fail(ClientsEndpoint.noPath().toStatus().getStatus()));
  }

  /** How many calls wait for their agents to dial. */
  public int waiting() {
    return waiting.size();
  }

  private void forget(String id) {
    Waiting gone = waiting.remove(id);
    if (gone != null) {
      gone.timeout().cancel(false);
    }
  }

  private Optional<AgentCall> take(String id) {
    Waiting found = waiting.remove(id);
    if (found == null) {
      return Optional.empty();
    }
    found.timeout().cancel(false);
    return Optional.of(found.call());
  }

  private final class Answer implements StreamObserver<AgentAnswer> {
    private final ServerCallStreamObserver<AnswerCredit> agent;
    private Optional<AgentCall> call = Optional.empty();

    Answer(ServerCallStreamObserver<AnswerCredit> agent) {
      this.agent = agent;
      agent.setOnCancelHandler(this::broken);
    }

    @Override
    public void onNext(AgentAnswer message) {
      if (call.isEmpty()) {
        call = take(message.getCallId());
        if (call.isEmpty()) {
          agent.onError(
              Status.NOT_FOUND
                  .withDescription("nobody waits for this answer")
                  .asRuntimeException());
          return;
        }
        call.get().answered(agent);
      }
      switch (message.getAnswerCase()) {
        case FRAME -> call.get().frame(message.getFrame());
        case FAILURE ->
            call.get()
                .fail(
                    Status.fromCodeValue(message.getFailure().getCode())
                        .withDescription(message.getFailure().getMessage()));
        case ANSWER_NOT_SET -> {}
      }
    }

    @Override
    public void onError(Throwable error) {
      broken();
    }

    @Override
    public void onCompleted() {
      call.ifPresentOrElse(AgentCall::complete, agent::onCompleted);
    }

    private void broken() {
      call.ifPresent(
          one ->
              one.fail(
                  Status.UNAVAILABLE.withDescription("the node's agent broke off its answer")));
    }
  }
}
