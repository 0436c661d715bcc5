package io.steppe.gateway.cluster;

import io.steppe.gateway.service.Calls;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.GetEvaluationRequest;
import io.steppe.rpc.v1.GetNodeRequest;
import io.steppe.rpc.v1.MembersRequest;
import io.steppe.rpc.v1.ReadOptions;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;

/** Whether the services behind the gateway answer. */
@ApplicationScoped
public class ServiceProbes {
  private static final Duration SOON = Duration.ofSeconds(2);

  /** An id of nothing: looking for it costs little, and "not found" is an answer. */
  private static final String NOBODY = "00000000-0000-0000-0000-000000000000";

  private final Calls calls;

  ServiceProbes(Calls calls) {
    this.calls = calls.within(SOON);
  }

  /** What is wrong; empty when all answer. */
  public Optional<String> trouble() {
    ReadOptions stale =
        ReadOptions.newBuilder()
            .setCaller(Callers.service(Membership.SERVICE))
            .setStale(true)
            .build();
    return troubleOf(
            () ->
                calls.cluster(
                    stub ->
                        stub.members(
                            MembersRequest.newBuilder().setCaller(stale.getCaller()).build())))
        .or(
            () ->
                troubleOf(
                    () ->
                        calls.nodes(
                            stub ->
                                stub.get(
                                    GetNodeRequest.newBuilder()
                                        .setRead(stale)
                                        .setNodeId(NOBODY)
                                        .build()))))
        .or(
            () ->
                troubleOf(
                    () ->
                        calls.evaluations(
                            stub ->
                                stub.get(
                                    GetEvaluationRequest.newBuilder()
                                        .setRead(stale)
                                        .setEvaluationId(NOBODY)
                                        .build()))));
  }

  private static Optional<String> troubleOf(Runnable call) {
    try {
      call.run();
      return Optional.empty();
    } catch (Failure failure) {
      return failure.kind() == Kind.NOT_FOUND
          ? Optional.empty()
          : Optional.of(failure.getMessage());
    }
  }
}
