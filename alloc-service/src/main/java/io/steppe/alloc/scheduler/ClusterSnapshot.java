package io.steppe.alloc.scheduler;

import io.steppe.alloc.scheduler.fleet.Fleet;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.NodePoolSchedulerConfiguration;
import java.util.Collection;
import java.util.Optional;

/** The state one evaluation is decided against: immutable, all of one index. */
public interface ClusterSnapshot {

  /** The index the snapshot is true for. */
  long index();

  /** Nodes and what runs on them, in the scheduler's own compact form. */
  Fleet fleet();

  /** Every stored allocation of a job, the ended ones too, without their jobs. */
  Collection<Allocation> allocations(String namespace, String jobId);

  /** How a node pool wants its jobs placed; the default where it says nothing. */
  NodePoolSchedulerConfiguration configuration(String pool);

  /** A version of a job that allocations still refer to. */
  Optional<Job> jobVersion(String namespace, String jobId, long version);
}
