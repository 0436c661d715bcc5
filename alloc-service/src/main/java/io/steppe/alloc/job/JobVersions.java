package io.steppe.alloc.job;

import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Edit;
import io.steppe.alloc.view.JobKey;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Deployment;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;

/**
 * Which versions of a job are kept: those that something refers to, and the newest few of the
 * others.
 */
public final class JobVersions {
  private static final int KEPT = 6;

  private JobVersions() {}

  /** Deletes old versions of a job that nothing refers to but the newest ones. */
  static void trim(Edit edit, JobKey key) {
    long current = edit.view().job(key).orElseThrow().getVersion();
    var referred = referred(edit.view(), key);
    edit.view().versions(key).keySet().stream()
        .filter(version -> version != current && !referred.contains(version))
        .sorted(Comparator.reverseOrder())
        .skip(KEPT)
        .toList()
        .forEach(version -> edit.deleteVersion(key, version));
  }

  /**
   * Deletes every version of a job that is no more, but for those that something still refers to.
   */
  public static void release(Edit edit, JobKey key) {
    var referred = referred(edit.view(), key);
    edit.view().versions(key).keySet().stream()
        .filter(version -> !referred.contains(version))
        .toList()
        .forEach(version -> edit.deleteVersion(key, version));
  }

  private static Set<Long> referred(AllocView view, JobKey key) {
    var referred = new HashSet<Long>();
    view.allocationsOf(key).stream().map(Allocation::getJobVersion).forEach(referred::add);
    view.deployments().values().stream()
        .filter(
            deployment -> new JobKey(deployment.getNamespace(), deployment.getJobId()).equals(key))
        .map(Deployment::getJobVersion)
        .forEach(referred::add);
    return referred;
  }
}
