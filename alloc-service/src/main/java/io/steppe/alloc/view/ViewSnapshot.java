package io.steppe.alloc.view;

import io.steppe.alloc.scheduler.ClusterSnapshot;
import io.steppe.alloc.scheduler.fleet.Fleet;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.NodePoolSchedulerConfiguration;
import java.util.Collection;
import java.util.Optional;

/** A view at an index, as the scheduler looks at it. */
public record ViewSnapshot(long index, AllocView view) implements ClusterSnapshot {
  @Override
  public Fleet fleet() {
    return view.fleet();
  }

  @Override
  public Collection<Allocation> allocations(String namespace, String jobId) {
    return view.allocationsOf(new JobKey(namespace, jobId));
  }

  @Override
  public NodePoolSchedulerConfiguration configuration(String pool) {
    var known = view.pools().get(pool);
    var region = view.settings().scheduler();
    var merged =
        NodePoolSchedulerConfiguration.newBuilder()
            .setSchedulerAlgorithm(region.getSchedulerAlgorithm())
            .setMemoryOversubscriptionEnabled(region.getMemoryOversubscriptionEnabled());
    if (known != null) {
      var own = known.getSchedulerConfiguration();
      if (!own.getSchedulerAlgorithm().isEmpty()) {
        merged.setSchedulerAlgorithm(own.getSchedulerAlgorithm());
      }
      if (own.hasMemoryOversubscriptionEnabled()) {
        merged.setMemoryOversubscriptionEnabled(own.getMemoryOversubscriptionEnabled());
      }
    }
    return merged.build();
  }

  @Override
  public Optional<Job> jobVersion(String namespace, String jobId, long version) {
    return view.version(new JobKey(namespace, jobId), version);
  }
}
