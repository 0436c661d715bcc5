package io.steppe.alloc.view;

import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;

/**
 * What names a job in a region.
 *
 * @param namespace never empty
 * @param id may hold slashes
 */
public record JobKey(String namespace, String id) implements Comparable<JobKey> {
  /** The namespace of objects that name none. */
  public static final String DEFAULT_NAMESPACE = "default";

  public JobKey {
    namespace = namespace.isEmpty() ? DEFAULT_NAMESPACE : namespace;
  }

  public static JobKey of(Job job) {
    return new JobKey(job.getNamespace(), job.getId());
  }

  public static JobKey of(Evaluation evaluation) {
    return new JobKey(evaluation.getNamespace(), evaluation.getJobId());
  }

  public static JobKey of(Allocation allocation) {
    return new JobKey(allocation.getNamespace(), allocation.getJobId());
  }

  /** A namespace holds no slash, so the first one ends it. */
  public static JobKey parse(String stored) {
    int slash = stored.indexOf('/');
    return new JobKey(stored.substring(0, slash), stored.substring(slash + 1));
  }

  /** Key of the job's row. */
  public String stored() {
    return namespace + "/" + id;
  }

  /** Key of the row of one of its versions. */
  public String stored(long version) {
    return stored() + "#" + version;
  }

  @Override
  public int compareTo(JobKey other) {
    int byNamespace = namespace.compareTo(other.namespace);
    return byNamespace != 0 ? byNamespace : id.compareTo(other.id);
  }
}
