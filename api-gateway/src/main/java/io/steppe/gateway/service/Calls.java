package io.steppe.gateway.service;

import io.grpc.Deadline;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractBlockingStub;
import io.steppe.gateway.GatewaySettings;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.AllocationsGrpc;
import io.steppe.rpc.v1.ClusterGrpc;
import io.steppe.rpc.v1.EvaluationsGrpc;
import io.steppe.rpc.v1.GarbageCollectionGrpc;
import io.steppe.rpc.v1.IdentitiesGrpc;
import io.steppe.rpc.v1.JobsGrpc;
import io.steppe.rpc.v1.NodePoolsGrpc;
import io.steppe.rpc.v1.NodesGrpc;
import io.steppe.rpc.v1.RegionSettingsGrpc;
import io.steppe.rpc.v1.SinksGrpc;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Calls to services, made on virtual threads. A call that finds nobody is made again, with the same
 * request, until it is answered or the patience is at its end: so the death of a replica is seen as
 * latency. That is safe for writes, since a retried request id gets its first answer.
 */
@ApplicationScoped
public class Calls {
  private static final Logger LOG = Logger.getLogger(Calls.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final Duration patience;
  private final Duration attempt;
  private final NodesGrpc.NodesBlockingStub nodes;
  private final NodePoolsGrpc.NodePoolsBlockingStub nodePools;
  private final JobsGrpc.JobsBlockingStub jobs;
  private final EvaluationsGrpc.EvaluationsBlockingStub evaluations;
  private final AllocationsGrpc.AllocationsBlockingStub allocations;
  private final IdentitiesGrpc.IdentitiesBlockingStub identities;
  private final ClusterGrpc.ClusterBlockingStub cluster;
  private final SinksGrpc.SinksBlockingStub sinks;
  private final RegionSettingsGrpc.RegionSettingsBlockingStub settings;
  private final GarbageCollectionGrpc.GarbageCollectionBlockingStub garbage;

  @Inject
  Calls(Services services, GatewaySettings own) {
    patience = own.gateway().patience();
    attempt = own.gateway().attempt();
    nodes = NodesGrpc.newBlockingStub(services.nodes());
    nodePools = NodePoolsGrpc.newBlockingStub(services.nodes());
    jobs = JobsGrpc.newBlockingStub(services.allocs());
    evaluations = EvaluationsGrpc.newBlockingStub(services.allocs());
    allocations = AllocationsGrpc.newBlockingStub(services.allocs());
    identities = IdentitiesGrpc.newBlockingStub(services.allocs());
    cluster = ClusterGrpc.newBlockingStub(services.events());
    sinks = SinksGrpc.newBlockingStub(services.events());
    settings = RegionSettingsGrpc.newBlockingStub(services.allocs());
    garbage = GarbageCollectionGrpc.newBlockingStub(services.allocs());
  }

  /**
   * Asks node-service about nodes.
   *
   * @throws Failure as the service says; UNAVAILABLE when it did not answer in time
   */
  public <T> T nodes(Function<NodesGrpc.NodesBlockingStub, T> call) {
    return call("node-service", nodes, patience, call);
  }

  /** Asks node-service about node pools. */
  public <T> T nodePools(Function<NodePoolsGrpc.NodePoolsBlockingStub, T> call) {
    return call("node-service", nodePools, patience, call);
  }

  /** Asks alloc-service about jobs. */
  public <T> T jobs(Function<JobsGrpc.JobsBlockingStub, T> call) {
    return call("alloc-service", jobs, patience, call);
  }

  /** Asks alloc-service about evaluations. */
  public <T> T evaluations(Function<EvaluationsGrpc.EvaluationsBlockingStub, T> call) {
    return call("alloc-service", evaluations, patience, call);
  }

  /** Asks alloc-service about allocations. */
  public <T> T allocations(Function<AllocationsGrpc.AllocationsBlockingStub, T> call) {
    return call("alloc-service", allocations, patience, call);
  }

  /** Asks alloc-service about identities of tasks. */
  public <T> T identities(Function<IdentitiesGrpc.IdentitiesBlockingStub, T> call) {
    return call("alloc-service", identities, patience, call);
  }

  /** Asks event-service about the replicas of the region. */
  public <T> T cluster(Function<ClusterGrpc.ClusterBlockingStub, T> call) {
    return call("event-service", cluster, patience, call);
  }

  /** Asks event-service about the endpoints that events are delivered to. */
  public <T> T sinks(Function<SinksGrpc.SinksBlockingStub, T> call) {
    return call("event-service", sinks, patience, call);
  }

  /** Asks alloc-service about what operators set for the region. */
  public <T> T settings(Function<RegionSettingsGrpc.RegionSettingsBlockingStub, T> call) {
    return call("alloc-service", settings, patience, call);
  }

  /** Asks alloc-service about what is over. */
  public <T> T garbage(Function<GarbageCollectionGrpc.GarbageCollectionBlockingStub, T> call) {
    return call("alloc-service", garbage, patience, call);
  }

  /** The same calls for those who would rather know soon that nobody answers. */
  public Calls within(Duration patience) {
    return new Calls(this, patience);
  }

  private Calls(Calls calls, Duration patience) {
    this.patience = patience;
    attempt = calls.attempt;
    nodes = calls.nodes;
    nodePools = calls.nodePools;
    jobs = calls.jobs;
    evaluations = calls.evaluations;
    allocations = calls.allocations;
    identities = calls.identities;
    cluster = calls.cluster;
    sinks = calls.sinks;
    settings = calls.settings;
    garbage = calls.garbage;
  }

  private <S extends AbstractBlockingStub<S>, T> T call(
      String service, S stub, Duration patience, Function<S, T> call) {
    Deadline end = Deadline.after(patience.toNanos(), TimeUnit.NANOSECONDS);
    Duration pause = FIRST_PAUSE;
    while (true) {
      try {
        return call.apply(
            stub.withDeadline(
                end.minimum(Deadline.after(attempt.toNanos(), TimeUnit.NANOSECONDS))));
      } catch (StatusRuntimeException e) {
        Failure failure = CallFailures.of(e);
        if (failure.kind() != Kind.UNAVAILABLE) {
          throw failure;
        }
        if (end.timeRemaining(TimeUnit.NANOSECONDS) < pause.toNanos()) {
          LOG.debugf(failure, "%s did not answer", service);
          throw Failure.unavailable(
              service + " did not answer within " + patience.toSeconds() + " s");
        }
        pause(pause);
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0
                ? LONGEST_PAUSE
                : pause.multipliedBy(2);
      }
    }
  }

  private static void pause(Duration pause) {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.unavailable("The gateway is stopping");
    }
  }
}
