package io.steppe.alloc.canonical;

import io.steppe.proto.v1.Affinity;
import io.steppe.proto.v1.ChangeScript;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.LogConfig;
import io.steppe.proto.v1.Resources;
import io.steppe.proto.v1.RestartPolicy;
import io.steppe.proto.v1.ScalingPolicy;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskArtifact;
import io.steppe.proto.v1.Template;
import io.steppe.proto.v1.Vault;
import io.steppe.proto.v1.WorkloadIdentity;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What a task is when its job leaves it open. */
final class Tasks {
  private static final long KILL_TIMEOUT = Duration.ofSeconds(5).toNanos();
  private static final long SPLAY = Duration.ofSeconds(5).toNanos();

  private Tasks() {}

  /**
   * @param restart the group's policy; the task's own words go first
   */
  static Task canonical(Job job, String group, RestartPolicy restart, Task given) {
    var task = given.toBuilder();
    task.setResources(resources(given.getResources()));
    task.setRestartPolicy(restart.toBuilder().mergeFrom(given.getRestartPolicy()));
    if (!given.hasKillTimeout()) {
      task.setKillTimeout(KILL_TIMEOUT);
    }
    task.setLogConfig(
        LogConfig.newBuilder()
            .setMaxFiles(10)
            .setMaxFileSizeMb(10)
            .setDisabled(false)
            .mergeFrom(given.getLogConfig()));
    task.clearServices()
        .addAllServices(Services.canonical(job, group, given.getName(), given.getServicesList()));
    task.clearTemplates()
        .addAllTemplates(given.getTemplatesList().stream().map(Tasks::template).toList());
    task.clearArtifacts()
        .addAllArtifacts(given.getArtifactsList().stream().map(Tasks::artifact).toList());
    task.clearAffinities().addAllAffinities(affinities(given.getAffinitiesList()));
    for (var mount : task.getVolumeMountsBuilderList()) {
      if (mount.getPropagationMode().isEmpty()) {
        mount.setPropagationMode("private");
      }
    }
    if (given.hasVault()) {
      task.setVault(vault(given.getVault()));
    }
    identities(task);
    for (var policy : task.getScalingPoliciesBuilderList()) {
      scaling(policy, 0);
    }
    return task.build();
  }

  /** Affinities weigh 50 unless they say otherwise. */
  static List<Affinity> affinities(List<Affinity> given) {
    return given.stream()
        .map(
            affinity ->
                affinity.hasWeight() ? affinity : affinity.toBuilder().setWeight(50).build())
        .toList();
  }

  /** A policy scales between the group's count and what it says, at once. */
  static void scaling(ScalingPolicy.Builder policy, long count) {
    if (policy.getType().isEmpty()) {
      policy.setType("horizontal");
    }
    if (!policy.hasMin()) {
      policy.setMin(count);
    }
    if (!policy.hasEnabled()) {
      policy.setEnabled(true);
    }
  }

  private static Resources resources(Resources given) {
    var resources = Resources.newBuilder().setCores(0).setMemoryMb(300).setMemoryMaxMb(0);
    resources.setDiskMb(0).setIops(0).setSecretsMb(0).setCpu(given.getCores() > 0 ? 0 : 100);
    resources.mergeFrom(given);
    for (var device : resources.getDevicesBuilderList()) {
      if (!device.hasCount()) {
        device.setCount(1);
      }
    }
    for (var network : resources.getNetworksBuilderList()) {
      Canonicaliser.ports(network);
    }
    return resources.build();
  }

  private static Template template(Template given) {
    var template = given.toBuilder();
    if (given.getChangeMode().isEmpty()) {
      template.setChangeMode("restart");
    }
    template.setChangeSignal(given.getChangeSignal().toUpperCase(Locale.ROOT));
    if (!given.hasSplay()) {
      template.setSplay(SPLAY);
    }
    if (given.getPerms().isEmpty()) {
      template.setPerms("0644");
    }
    if (given.getLeftDelim().isEmpty()) {
      template.setLeftDelim("{{");
    }
    if (given.getRightDelim().isEmpty()) {
      template.setRightDelim("}}");
    }
    if (!given.hasVaultGrace()) {
      template.setVaultGrace(0);
    }
    if (given.hasChangeScript() && !given.getChangeScript().hasTimeout()) {
      template.setChangeScript(ChangeScript.newBuilder(given.getChangeScript()).setTimeout(SPLAY));
    }
    return template.build();
  }

  private static TaskArtifact artifact(TaskArtifact given) {
    var artifact = given.toBuilder();
    if (given.getGetterMode().isEmpty()) {
      artifact.setGetterMode("any");
    }
    if (given.getRelativeDest().isEmpty()) {
      String source = given.getGetterSource();
      String file = source.substring(source.lastIndexOf('/') + 1);
      artifact.setRelativeDest(
          artifact.getGetterMode().equals("file") ? "local/" + file : "local/");
    }
    return artifact.build();
  }

  private static Vault vault(Vault given) {
    var vault = given.toBuilder();
    if (given.getChangeMode().isEmpty()) {
      vault.setChangeMode("restart");
    }
    if (given.getCluster().isEmpty()) {
      vault.setCluster("default");
    }
    return vault.setChangeSignal(given.getChangeSignal().toUpperCase(Locale.ROOT)).build();
  }

  /**
   * An identity named default in the list is the task's own one; without any it gets one for the
   * API.
   */
  private static void identities(Task.Builder task) {
    var named = task.getIdentitiesList();
    task.clearIdentities();
    for (WorkloadIdentity identity : named) {
      if (identity.getName().isEmpty() || identity.getName().equals("default")) {
        task.setIdentity(identity);
      } else {
        task.addIdentities(identity.getChangeMode().isEmpty() ? identity : upperSignal(identity));
      }
    }
    var own = task.getIdentity().toBuilder().setName("default");
    if (own.getAudienceCount() == 0) {
      own.addAudience("nomadproject.io");
    }
    task.setIdentity(own);
  }

  private static WorkloadIdentity upperSignal(WorkloadIdentity identity) {
    return identity.toBuilder()
        .setChangeSignal(identity.getChangeSignal().toUpperCase(Locale.ROOT))
        .build();
  }
}
