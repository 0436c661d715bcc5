package io.steppe.node.pool;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.JobsGrpc;
import io.steppe.rpc.v1.ListJobsReply;
import io.steppe.rpc.v1.ListJobsRequest;
import io.steppe.rpc.v1.ReadOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Asks alloc-service. */
public final class AllocServicePoolJobs implements PoolJobs {
  private static final String DEAD = "dead";

  private final ManagedChannel allocService;
  private final Duration within;

  /**
   * @param within how long alloc-service may take
   */
  public AllocServicePoolJobs(ManagedChannel allocService, Duration within) {
    this.allocService = allocService;
    this.within = within;
  }

  @Override
  public Uni<Boolean> anyLiving(String pool) {
    ListJobsRequest request =
        ListJobsRequest.newBuilder()
            .setRead(
                ReadOptions.newBuilder()
                    .setCaller(Callers.service("node-service"))
                    .setNamespace("*"))
            .setNodePool(pool)
            .build();
    return Uni.createFrom()
        .<Boolean>emitter(emitter -> ask(request, emitter))
        .onFailure()
        .transform(Failure::of);
  }

  private void ask(ListJobsRequest request, UniEmitter<? super Boolean> emitter) {
    JobsGrpc.newStub(allocService)
        .withDeadlineAfter(within.toMillis(), TimeUnit.MILLISECONDS)
        .list(
            request,
            new StreamObserver<>() {
              private boolean found;

              @Override
              public void onNext(ListJobsReply reply) {
                found |=
                    reply.getJobsList().stream()
                        .filter(job -> job.getNodePool().equals(request.getNodePool()))
                        .anyMatch(job -> !job.getStatus().equals(DEAD));
              }

              @Override
              public void onError(Throwable error) {
                emitter.fail(error);
              }

              @Override
              public void onCompleted() {
                emitter.complete(found);
              }
            });
  }
}
