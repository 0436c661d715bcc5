package io.steppe.alloc.evaluation;

import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Uni;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ConfigureWorkersRequest;
import io.steppe.rpc.v1.GetWorkersRequest;
import io.steppe.rpc.v1.SchedulerWorker;
import io.steppe.rpc.v1.SchedulerWorkers;
import io.steppe.rpc.v1.WorkersReply;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** The workers of this replica, as other services call it. */
@GrpcService
public class WorkersEndpoint implements SchedulerWorkers {
  private static final Logger LOG = Logger.getLogger(WorkersEndpoint.class);
  private static final int MOST = 128;

  /** What every worker decides; the last is what is over and goes. */
  private static final List<String> SCHEDULERS =
      List.of("service", "batch", "system", "sysbatch", "_core");

  private final EvaluationWorker worker;

  public WorkersEndpoint(EvaluationWorker worker) {
    this.worker = worker;
  }

  @Override
  public Uni<WorkersReply> get(GetWorkersRequest call) {
    return Uni.createFrom().item(this::reply);
  }

  @Override
  public Uni<WorkersReply> configure(ConfigureWorkersRequest call) {
    return Uni.createFrom()
        .item(
            () -> {
              var caller = Callers.required(call.getCaller());
              if (Integer.toUnsignedLong(call.getNumber()) > MOST) {
                throw Failure.invalid("Invalid request");
              }
              LOG.infof("%d workers from now on, for %s", call.getNumber(), caller.getAccessorId());
              worker.resize(call.getNumber());
              return reply();
            })
        .onFailure()
        .transform(failure -> Failure.of(failure).toStatus());
  }

  private WorkersReply reply() {
    var reply = WorkersReply.newBuilder().addAllSchedulers(SCHEDULERS);
    for (var one : worker.workers()) {
      reply.addWorkers(
          SchedulerWorker.newBuilder()
              .setId(one.id())
              .setStartedAt(nanos(one.startedAt()))
              .setPaused(one.paused())
              .setBusy(one.busy()));
    }
    return reply.build();
  }

  private static long nanos(Instant time) {
    return TimeUnit.SECONDS.toNanos(time.getEpochSecond()) + time.getNano();
  }
}
