package io.steppe.alloc.canonical;

import io.steppe.proto.v1.CheckRestart;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.Service;
import io.steppe.proto.v1.ServiceCheck;
import java.time.Duration;
import java.util.List;

/** What the services of a job are called and how they are announced when the job leaves it open. */
final class Services {
  private Services() {}

  /**
   * @param task its task's name, or empty for a service of the group
   */
  static List<Service> canonical(Job job, String group, String task, List<Service> services) {
    return services.stream().map(service -> canonical(job, group, task, service)).toList();
  }

  private static Service canonical(Job job, String group, String task, Service given) {
    var service = given.toBuilder();
    String base = job.getName() + "-" + group + (task.isEmpty() ? "" : "-" + task);
    String name =
        given.getName().isEmpty() ? base : named(given.getName(), job.getName(), group, task, base);
    service.setName(name);
    if (given.getProvider().isEmpty()) {
      service.setProvider("consul");
    }
    if (given.getAddressMode().isEmpty()) {
      service.setAddressMode("auto");
    }
    if (given.getOnUpdate().isEmpty()) {
      service.setOnUpdate("require_healthy");
    }
    if (given.getCluster().isEmpty()) {
      service.setCluster("default");
    }
    if (service.getProvider().equals("nomad")) {
      service.setNamespace(job.getNamespace());
    } else if (given.getNamespace().isEmpty()) {
      service.setNamespace("default");
    }
    service.clearChecks().clearCheckRestart();
    given
        .getChecksList()
        .forEach(check -> service.addChecks(check(service.build(), restarting(given, check))));
    return service.build();
  }

  /** What a service says of restarts holds for those of its checks that say nothing else. */
  private static ServiceCheck restarting(Service given, ServiceCheck check) {
    return given.hasCheckRestart()
        ? check.toBuilder()
            .setCheckRestart(given.getCheckRestart().toBuilder().mergeFrom(check.getCheckRestart()))
            .build()
        : check;
  }

  private static ServiceCheck check(Service service, ServiceCheck given) {
    var check = given.toBuilder();
    if (given.getName().isEmpty()) {
      check.setName("service: \"" + service.getName() + "\" check");
    }
    if (given.getOnUpdate().isEmpty()) {
      check.setOnUpdate(service.getOnUpdate());
    }
    if (given.getTaskName().isEmpty() && !service.getTaskName().isEmpty()) {
      check.setTaskName(service.getTaskName());
    }
    if (given.hasCheckRestart() && !given.getCheckRestart().hasGrace()) {
      check.setCheckRestart(
          CheckRestart.newBuilder(given.getCheckRestart())
              .setGrace(Duration.ofSeconds(1).toNanos()));
    }
    return check.build();
  }

  private static String named(String name, String job, String group, String task, String base) {
    return name.replace("${JOB}", job)
        .replace("${TASKGROUP}", group)
        .replace("${TASK}", task)
        .replace("${BASE}", base);
  }
}
