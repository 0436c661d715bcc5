package io.steppe.alloc.canonical;

import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.TaskGroup;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says what is wrong with a job, in the words clients know. */
public final class Validator {
  private static final int MAX_PRIORITY = 100;

  private static final int MAX_COUNT = 50_000;

  private Validator() {}

  /**
   * Looks at a job that was canonicalised.
   *
   * @return all that is wrong, never just the first
   */
  public static Validation validate(Job job) {
    var problems = new Problems();
    problems.addIf(job.getRegion().isEmpty(), "Missing job region");
    identity(job, problems);
    Optional<JobType> type = JobType.of(job.getType());
    if (job.getType().isEmpty()) {
      problems.add("Missing job type");
    } else if (type.isEmpty()) {
      problems.add("Invalid job type: \"" + job.getType() + "\"");
    }
    problems.addIf(
        job.getPriority() < 1 || job.getPriority() > MAX_PRIORITY,
        "Job priority must be between [1, " + MAX_PRIORITY + "]");
    problems.addIf(job.getDatacentersCount() == 0, "Missing job datacenters");
    problems.addIf(
        job.getDatacentersList().stream().anyMatch(String::isEmpty),
        "Job datacenter must be non-empty string");
    problems.addIf(
        !job.getNodePool().matches("[a-zA-Z0-9-_]{1,128}"),
        "invalid node pool name \"" + job.getNodePool() + "\"");
    ConstraintRules.constraints(job.getConstraintsList(), problems);
    JobType known = type.orElse(JobType.SERVICE);
    if (known.everywhere()) {
      problems.addIf(job.getAffinitiesCount() > 0, "System jobs may not have an affinity block");
      problems.addIf(job.getSpreadsCount() > 0, "System jobs may not have a spread block");
    } else {
      ConstraintRules.affinities(job.getAffinitiesList(), problems);
      ConstraintRules.spreads(job.getSpreadsList(), problems);
    }
    groups(job, known, problems);
    periodic(job, known, problems);
    parameterized(job, known, problems);
    return new Validation(problems.texts(), warnings(job));
  }

  private static void identity(Job job, Problems problems) {
    if (job.getId().isEmpty()) {
      problems.add("Missing job ID");
    } else {
      problems.addIf(job.getId().contains(" "), "Job ID contains a space");
      problems.addIf(job.getId().indexOf('\0') >= 0, "Job ID contains a null character");
    }
    if (job.getName().isEmpty()) {
      problems.add("Missing job name");
    } else {
      problems.addIf(job.getName().indexOf('\0') >= 0, "Job Name contains a null character");
    }
    problems.addIf(job.getNamespace().isEmpty(), "Job must be in a namespace");
  }

  private static void groups(Job job, JobType type, Problems problems) {
    problems.addIf(job.getTaskGroupsCount() == 0, "Missing job task groups");
    Map<String, Integer> names = new HashMap<>();
    for (int i = 0; i < job.getTaskGroupsCount(); i++) {
      TaskGroup group = job.getTaskGroups(i);
      if (group.getName().isEmpty()) {
        problems.add("Job task group " + (i + 1) + " missing name");
      } else {
        Integer other = names.putIfAbsent(group.getName(), i + 1);
        problems.addIf(
            other != null,
            "Job task group "
                + (i + 1)
                + " redefines '"
                + group.getName()
                + "' from group "
                + other);
      }
      problems.addIf(
          type.everywhere() && group.getCount() > 1,
          "Job task group "
              + group.getName()
              + " has count "
              + group.getCount()
              + ". Count cannot exceed 1 with system scheduler");
    }
    double total = job.getTaskGroupsList().stream().mapToDouble(TaskGroup::getCount).sum();
    problems.addIf(
        total > MAX_COUNT,
        "total count was greater than configured job_max_count: %.0f > %d"
            .formatted(total, MAX_COUNT));
    for (TaskGroup group : job.getTaskGroupsList()) {
      problems.within("Task group " + group.getName(), GroupRules.group(job, type, group));
    }
  }

  private static void periodic(Job job, JobType type, Problems problems) {
    if (!job.hasPeriodic()) {
      return;
    }
    problems.addIf(
        !type.ends(), "Periodic can only be used with \"batch\" or \"sysbatch\" scheduler");
    var periodic = job.getPeriodic();
    if (!periodic.getEnabled()) {
      return;
    }
    problems.addIf(
        periodic.getSpec().isEmpty() && periodic.getSpecsCount() == 0, "Must specify a spec");
    problems.addIf(
        !periodic.getSpec().isEmpty() && periodic.getSpecsCount() > 0,
        "Only cron or crons may be used");
    try {
      ZoneId.of(periodic.getTimeZone());
    } catch (DateTimeException unknown) {
      problems.add(
          "Invalid time zone \""
              + periodic.getTimeZone()
              + "\": unknown time zone "
              + periodic.getTimeZone());
    }
    if (!periodic.getSpecType().equals("cron")) {
      problems.add("Unknown periodic specification type \"" + periodic.getSpecType() + "\"");
      return;
    }
    List<String> specs = new ArrayList<>(periodic.getSpecsList());
    if (!periodic.getSpec().isEmpty()) {
      specs.add(periodic.getSpec());
    }
    specs.forEach(
        spec -> problems.addIf(!CronShape.valid(spec), "Invalid cron spec \"" + spec + "\""));
  }

  private static void parameterized(Job job, JobType type, Problems problems) {
    if (!job.hasParameterizedJob()) {
      return;
    }
    problems.addIf(
        !type.ends(),
        "Parameterized job can only be used with \"batch\" or \"sysbatch\" scheduler");
    var parameterized = job.getParameterizedJob();
    boolean known =
        List.of("optional", "required", "forbidden").contains(parameterized.getPayload());
    problems.addIf(!known, "Unknown payload requirement: \"" + parameterized.getPayload() + "\"");
    List<String> both =
        parameterized.getMetaRequiredList().stream()
            .filter(parameterized.getMetaOptionalList()::contains)
            .toList();
    problems.addIf(
        !both.isEmpty(),
        "Required and optional meta keys should be disjoint. Following keys exist in both: "
            + both);
  }

  private static List<String> warnings(Job job) {
    List<String> warnings = new ArrayList<>();
    for (TaskGroup group : job.getTaskGroupsList()) {
      var own = new Problems();
      long atOnce = group.getUpdate().getMaxParallel();
      own.addIf(
          group.hasUpdate() && group.getCount() > 0 && atOnce > group.getCount() && atOnce > 1,
          "Update max parallel count is greater than task group count ("
              + atOnce
              + " > "
              + group.getCount()
              + "). A destructive change would result in the simultaneous replacement of all allocations.");
      group
          .getNetworksList()
          .forEach(
              network ->
                  own.addIf(
                      network.getMbits() > 0,
                      "mbits has been deprecated as of Nomad 0.12.0. Please remove mbits from the network block"));
      own.text()
          .ifPresent(
              text -> warnings.add("Group \"" + group.getName() + "\" has warnings: " + text));
    }
    return warnings;
  }
}
