package io.steppe.alloc.view;

import io.steppe.proto.v1.Job;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * Jobs and their versions.
 *
 * @param current the jobs that are registered
 * @param versions the current one included; also those of purged jobs that allocations still refer
 *     to
 */
record JobTable(PMap<JobKey, Job> current, PMap<JobKey, PMap<Long, Job>> versions) {
  static final JobTable EMPTY = new JobTable(HashTreePMap.empty(), HashTreePMap.empty());

  PMap<Long, Job> versionsOf(JobKey key) {
    return versions.getOrDefault(key, HashTreePMap.empty());
  }

  JobTable plus(Job job) {
    return new JobTable(current.plus(JobKey.of(job), job), versions);
  }

  JobTable minus(JobKey key) {
    return new JobTable(current.minus(key), versions);
  }

  JobTable plusVersion(Job job) {
    var key = JobKey.of(job);
    return new JobTable(current, versions.plus(key, versionsOf(key).plus(job.getVersion(), job)));
  }

  JobTable minusVersion(JobKey key, long version) {
    var left = versionsOf(key).minus(version);
    return new JobTable(current, left.isEmpty() ? versions.minus(key) : versions.plus(key, left));
  }
}
