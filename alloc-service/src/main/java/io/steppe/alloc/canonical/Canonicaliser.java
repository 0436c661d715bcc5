package io.steppe.alloc.canonical;

import io.steppe.proto.v1.Constraint;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.NetworkResource;
import io.steppe.proto.v1.Port;
import io.steppe.proto.v1.Service;
import io.steppe.proto.v1.Spread;
import io.steppe.proto.v1.TaskGroup;
import io.steppe.proto.v1.UpdateStrategy;
import java.util.List;

/**
 * Fills in what a job leaves open, as Nomad does on registration. A job that went through it comes
 * out the same when it goes through again; state (status, version, indexes) stays as it was.
 */
public final class Canonicaliser {
  private static final Constraint DISCOVERY =
      Constraint.newBuilder()
          .setLTarget("${attr.nomad.service_discovery}")
          .setRTarget("true")
          .setOperand("=")
          .build();

  private Canonicaliser() {}

  /** The job with every default written out. */
  public static Job canonicalise(Job given) {
    var job = given.toBuilder();
    if (given.getRegion().isEmpty()) {
      job.setRegion("global");
    }
    if (given.getNamespace().isEmpty()) {
      job.setNamespace("default");
    }
    if (given.getName().isEmpty()) {
      job.setName(given.getId());
    }
    if (given.getType().isEmpty()) {
      job.setType(JobType.SERVICE.word());
    }
    if (!given.hasPriority() || given.getPriority() == 0) {
      job.setPriority(50);
    }
    if (given.getDatacentersCount() == 0) {
      job.addDatacenters("*");
    }
    if (given.getNodePool().isEmpty()) {
      job.setNodePool("default");
    }
    job.setStop(given.getStop()).setAllAtOnce(given.getAllAtOnce());
    job.clearAffinities().addAllAffinities(Tasks.affinities(given.getAffinitiesList()));
    job.clearSpreads().addAllSpreads(spreads(given.getSpreadsList()));
    blocks(job);
    JobType type = JobType.of(job.getType()).orElse(JobType.SERVICE);
    Job named = job.build();
    job.setUpdate(Policies.updateOfJob(type, given.getUpdate(), updates(given)));
    job.clearReschedule().clearMigrate().clearTaskGroups();
    // A job that was canonicalised before has its update written out by group: only stagger and
    // max_parallel may differ here.
    UpdateStrategy ofJob = meant(given.getUpdate());
    given
        .getTaskGroupsList()
        .forEach(group -> job.addTaskGroups(group(named, type, ofJob, updates(given), group)));
    return job.build();
  }

  private static void blocks(Job.Builder job) {
    if (job.hasPeriodic()) {
      var periodic = job.getPeriodicBuilder();
      if (!periodic.hasEnabled()) {
        periodic.setEnabled(true);
      }
      periodic.setSpec(periodic.getSpec()).setProhibitOverlap(periodic.getProhibitOverlap());
      if (periodic.getSpecType().isEmpty()) {
        periodic.setSpecType("cron");
      }
      if (periodic.getTimeZone().isEmpty()) {
        periodic.setTimeZone("UTC");
      }
    }
    if (job.hasParameterizedJob() && job.getParameterizedJob().getPayload().isEmpty()) {
      job.getParameterizedJobBuilder().setPayload("optional");
    }
  }

  /**
   * Whether it says something of updates: zeros are only what a job without a word reads back as.
   */
  private static boolean updates(Job job) {
    var update = job.getUpdate();
    return update.getStagger() != 0
        || update.getMaxParallel() != 0
        || !update.getHealthCheck().isEmpty()
        || update.getMinHealthyTime() != 0
        || update.getHealthyDeadline() != 0
        || update.getProgressDeadline() != 0
        || update.getAutoRevert()
        || update.getAutoPromote()
        || update.getCanary() != 0;
  }

  /** What was said, without zeros that were only written out. */
  private static UpdateStrategy meant(UpdateStrategy given) {
    var meant = given.toBuilder();
    if (given.getStagger() == 0) {
      meant.clearStagger();
      if (given.getMaxParallel() == 0) {
        meant.clearMaxParallel();
      }
    }
    if (given.getHealthCheck().isEmpty()) {
      meant.clearHealthCheck();
    }
    if (given.getMinHealthyTime() == 0) {
      meant.clearMinHealthyTime();
    }
    if (given.getHealthyDeadline() == 0) {
      meant.clearHealthyDeadline();
    }
    if (given.getProgressDeadline() == 0) {
      meant.clearProgressDeadline();
    }
    return meant.build();
  }

  private static TaskGroup group(
      Job job, JobType type, UpdateStrategy ofJob, boolean jobUpdates, TaskGroup given) {
    var group = given.toBuilder();
    if (!given.hasCount()) {
      group.setCount(given.getScaling().hasMin() ? given.getScaling().getMin() : 1);
    }
    group.setRestartPolicy(Policies.restart(type, given.getRestartPolicy()));
    group.clearReschedulePolicy();
    Policies.reschedule(
            type,
            job.getReschedule().toBuilder().mergeFrom(given.getReschedulePolicy()).build(),
            job.hasReschedule() || given.hasReschedulePolicy())
        .ifPresent(group::setReschedulePolicy);
    boolean updates = given.hasUpdate() || jobUpdates && !type.ends();
    if (type == JobType.SERVICE || updates) {
      group.setUpdate(Policies.update(ofJob, given.getUpdate()));
    }
    if (type == JobType.SERVICE || job.hasMigrate()) {
      group.setMigrate(
          Policies.migrate(job.getMigrate().toBuilder().mergeFrom(given.getMigrate()).build()));
    }
    group.setEphemeralDisk(Policies.disk(given.getEphemeralDisk()));
    if (given.hasDisconnect()) {
      group.setDisconnect(Policies.disconnect(given.getDisconnect()));
    }
    group.setPreventRescheduleOnLost(given.getPreventRescheduleOnLost());
    group.clearAffinities().addAllAffinities(Tasks.affinities(given.getAffinitiesList()));
    group.clearSpreads().addAllSpreads(spreads(given.getSpreadsList()));
    group.getNetworksBuilderList().forEach(Canonicaliser::ports);
    group.clearVolumes();
    given
        .getVolumesMap()
        .forEach(
            (name, volume) -> group.putVolumes(name, volume.toBuilder().setName(name).build()));
    if (given.hasScaling()) {
      scaling(job, group);
    }
    group
        .clearServices()
        .addAllServices(Services.canonical(job, given.getName(), "", given.getServicesList()));
    group.clearTasks();
    given
        .getTasksList()
        .forEach(
            task ->
                group.addTasks(
                    Tasks.canonical(job, given.getName(), group.getRestartPolicy(), task)));
    discovery(group);
    return group.build();
  }

  private static void scaling(Job job, TaskGroup.Builder group) {
    var policy = group.getScalingBuilder();
    Tasks.scaling(policy, group.getCount());
    policy.putTarget("Namespace", job.getNamespace());
    policy.putTarget("Job", job.getId());
    policy.putTarget("Group", group.getName());
  }

  /** Services of the provider nomad need nodes that announce them. */
  private static void discovery(TaskGroup.Builder group) {
    boolean announces =
        group.getServicesList().stream().anyMatch(Canonicaliser::announced)
            || group.getTasksList().stream()
                .anyMatch(
                    task -> task.getServicesList().stream().anyMatch(Canonicaliser::announced));
    if (announces && !group.getConstraintsList().contains(DISCOVERY)) {
      group.addConstraints(DISCOVERY);
    }
  }

  private static boolean announced(Service service) {
    return service.getProvider().equals("nomad");
  }

  private static List<Spread> spreads(List<Spread> given) {
    return given.stream()
        .map(spread -> spread.hasWeight() ? spread : spread.toBuilder().setWeight(50).build())
        .toList();
  }

  /** Ports are on the host network default unless they say otherwise. */
  static void ports(NetworkResource.Builder network) {
    network.getReservedPortsBuilderList().forEach(Canonicaliser::port);
    network.getDynamicPortsBuilderList().forEach(Canonicaliser::port);
  }

  private static void port(Port.Builder port) {
    if (port.getHostNetwork().isEmpty()) {
      port.setHostNetwork("default");
    }
  }
}
