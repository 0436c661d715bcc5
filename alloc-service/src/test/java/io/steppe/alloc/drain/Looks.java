package io.steppe.alloc.drain;

import io.steppe.alloc.view.Cluster;
import io.steppe.alloc.view.JobKey;

/** What drainers do to a cluster. */
final class Looks {
  private Looks() {}

  /** One look at every job. */
  static void look(Cluster cluster) {
    cluster.view().jobs().keySet().stream().sorted().forEach(job -> look(cluster, job));
  }

  static void look(Cluster cluster, JobKey job) {
    cluster.commit(new DrainJob(job, cluster.newId()));
  }

  static Draining decision(Cluster cluster, String job) {
    return JobDrain.decide(cluster.view(), new JobKey("default", job), cluster.now());
  }
}
