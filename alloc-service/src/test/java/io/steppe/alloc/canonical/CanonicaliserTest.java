package io.steppe.alloc.canonical;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.proto.v1.Constraint;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.NetworkResource;
import io.steppe.proto.v1.Port;
import io.steppe.proto.v1.Resources;
import io.steppe.proto.v1.RestartPolicy;
import io.steppe.proto.v1.Service;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskGroup;
import io.steppe.proto.v1.UpdateStrategy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A job comes out as Nomad keeps it: held against jobs it was seen to keep. */
class CanonicaliserTest {

  private static Job bare(String type) {
    return Job.newBuilder()
        .setId("golden")
        .setType(type)
        .addTaskGroups(
            TaskGroup.newBuilder()
                .setName("web")
                .addTasks(Task.newBuilder().setName("server").setDriver("raw_exec")))
        .build();
  }

  private static long seconds(long seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }

  @Test
  void fillsInAJob() {
    Job job = Canonicaliser.canonicalise(bare(""));
    assertEquals("service", job.getType());
    assertEquals("golden", job.getName());
    assertEquals("global", job.getRegion());
    assertEquals("default", job.getNamespace());
    assertEquals("default", job.getNodePool());
    assertEquals(List.of("*"), job.getDatacentersList());
    assertEquals(50, job.getPriority());
    assertEquals(seconds(30), job.getUpdate().getStagger());
    assertEquals(1, job.getUpdate().getMaxParallel());
    assertEquals(0, job.getUpdate().getHealthyDeadline());
  }

  @Test
  void fillsInAServiceGroup() {
    TaskGroup group = Canonicaliser.canonicalise(bare("service")).getTaskGroups(0);
    assertEquals(1, group.getCount());
    assertEquals(2, group.getRestartPolicy().getAttempts());
    assertEquals(seconds(1800), group.getRestartPolicy().getInterval());
    assertEquals(seconds(15), group.getRestartPolicy().getDelay());
    assertEquals("fail", group.getRestartPolicy().getMode());
    assertTrue(group.getReschedulePolicy().getUnlimited());
    assertEquals(seconds(30), group.getReschedulePolicy().getDelay());
    assertEquals("exponential", group.getReschedulePolicy().getDelayFunction());
    assertEquals(seconds(3600), group.getReschedulePolicy().getMaxDelay());
    assertEquals("checks", group.getUpdate().getHealthCheck());
    assertEquals(seconds(10), group.getUpdate().getMinHealthyTime());
    assertEquals(seconds(300), group.getUpdate().getHealthyDeadline());
    assertEquals(seconds(600), group.getUpdate().getProgressDeadline());
    assertEquals(1, group.getMigrate().getMaxParallel());
    assertEquals(300, group.getEphemeralDisk().getSizeMb());
  }

  @Test
  void fillsInATask() {
    Task task = Canonicaliser.canonicalise(bare("service")).getTaskGroups(0).getTasks(0);
    assertEquals(100, task.getResources().getCpu());
    assertEquals(300, task.getResources().getMemoryMb());
    assertEquals(seconds(5), task.getKillTimeout());
    assertEquals(10, task.getLogConfig().getMaxFiles());
    assertEquals(10, task.getLogConfig().getMaxFileSizeMb());
    assertEquals("default", task.getIdentity().getName());
    assertEquals(List.of("nomadproject.io"), task.getIdentity().getAudienceList());
    assertEquals(2, task.getRestartPolicy().getAttempts());
  }

  @Test
  void fillsInABatchJob() {
    Job job = Canonicaliser.canonicalise(bare("batch"));
    TaskGroup group = job.getTaskGroups(0);
    assertFalse(group.hasUpdate());
    assertFalse(group.hasMigrate());
    assertEquals(0, job.getUpdate().getStagger());
    assertEquals(3, group.getRestartPolicy().getAttempts());
    assertEquals(seconds(86400), group.getRestartPolicy().getInterval());
    assertEquals(1, group.getReschedulePolicy().getAttempts());
    assertEquals(seconds(86400), group.getReschedulePolicy().getInterval());
    assertEquals(seconds(5), group.getReschedulePolicy().getDelay());
    assertEquals("constant", group.getReschedulePolicy().getDelayFunction());
    assertFalse(group.getReschedulePolicy().getUnlimited());
  }

  @Test
  void givesGroupsWhatTheirJobSaysOfMovingThem() {
    var job = bare("service").toBuilder();
    job.getMigrateBuilder().setMaxParallel(3).setMinHealthyTime(seconds(2));
    job.getRescheduleBuilder().setDelay(seconds(7)).setMaxDelay(seconds(60));
    job.getTaskGroupsBuilder(0).getMigrateBuilder().setMaxParallel(2);
    Job canonical = Canonicaliser.canonicalise(job.build());
    TaskGroup group = canonical.getTaskGroups(0);
    assertEquals(2, group.getMigrate().getMaxParallel());
    assertEquals(seconds(2), group.getMigrate().getMinHealthyTime());
    assertEquals(seconds(7), group.getReschedulePolicy().getDelay());
    assertFalse(canonical.hasMigrate());
    assertFalse(canonical.hasReschedule());
  }

  @Test
  void givesChecksWhatTheirServiceSaysOfRestarts() {
    var job = bare("service").toBuilder();
    var service = job.getTaskGroupsBuilder(0).addServicesBuilder();
    service.getCheckRestartBuilder().setLimit(3).setGrace(seconds(9));
    service.addChecksBuilder().setName("one");
    service.addChecksBuilder().setName("two").getCheckRestartBuilder().setLimit(5);
    var canonical = Canonicaliser.canonicalise(job.build()).getTaskGroups(0).getServices(0);
    assertFalse(canonical.hasCheckRestart());
    assertEquals(3, canonical.getChecks(0).getCheckRestart().getLimit());
    assertEquals(seconds(9), canonical.getChecks(0).getCheckRestart().getGrace());
    assertEquals(5, canonical.getChecks(1).getCheckRestart().getLimit());
    assertEquals(seconds(9), canonical.getChecks(1).getCheckRestart().getGrace());
  }

  @Test
  void neverReschedulesASystemJob() {
    TaskGroup group = Canonicaliser.canonicalise(bare("system")).getTaskGroups(0);
    assertFalse(group.hasReschedulePolicy());
    assertFalse(group.hasMigrate());
  }

  @Test
  void takesATasksOwnWordsFirst() {
    Job given = bare("batch");
    var group = given.getTaskGroups(0).toBuilder();
    group.setRestartPolicy(
        RestartPolicy.newBuilder().setAttempts(0).setInterval(seconds(60)).setDelay(seconds(1)));
    group.getTasksBuilder(0).setRestartPolicy(RestartPolicy.newBuilder().setAttempts(7));
    TaskGroup out =
        Canonicaliser.canonicalise(given.toBuilder().setTaskGroups(0, group).build())
            .getTaskGroups(0);
    assertEquals(0, out.getRestartPolicy().getAttempts());
    assertEquals(7, out.getTasks(0).getRestartPolicy().getAttempts());
    assertEquals(seconds(60), out.getTasks(0).getRestartPolicy().getInterval());
  }

  @Test
  void keepsAZeroThatWasMeant() {
    Job given = bare("service");
    var group = given.getTaskGroups(0).toBuilder().setCount(0);
    group.getTasksBuilder(0).setKillTimeout(0).setResources(Resources.newBuilder().setCores(2));
    TaskGroup out =
        Canonicaliser.canonicalise(given.toBuilder().setTaskGroups(0, group).build())
            .getTaskGroups(0);
    assertEquals(0, out.getCount());
    assertEquals(0, out.getTasks(0).getKillTimeout());
    assertEquals(0, out.getTasks(0).getResources().getCpu());
  }

  @Test
  void announcesServices() {
    Job given = bare("service");
    var group =
        given.getTaskGroups(0).toBuilder()
            .addServices(Service.newBuilder().setProvider("nomad").setPortLabel("http"))
            .addNetworks(
                NetworkResource.newBuilder().addDynamicPorts(Port.newBuilder().setLabel("http")));
    TaskGroup out =
        Canonicaliser.canonicalise(given.toBuilder().setTaskGroups(0, group).build())
            .getTaskGroups(0);
    Service service = out.getServices(0);
    assertEquals("golden-web", service.getName());
    assertEquals("auto", service.getAddressMode());
    assertEquals("require_healthy", service.getOnUpdate());
    assertEquals("default", service.getNamespace());
    assertEquals("default", service.getCluster());
    assertEquals("default", out.getNetworks(0).getDynamicPorts(0).getHostNetwork());
    assertEquals(
        Constraint.newBuilder()
            .setLTarget("${attr.nomad.service_discovery}")
            .setRTarget("true")
            .setOperand("=")
            .build(),
        out.getConstraints(0));
  }

  @Test
  void sharesAJobsUpdateWithItsGroups() {
    Job given =
        bare("service").toBuilder()
            .setUpdate(UpdateStrategy.newBuilder().setMaxParallel(3).setHealthCheck("task_states"))
            .build();
    Job job = Canonicaliser.canonicalise(given);
    assertEquals(3, job.getTaskGroups(0).getUpdate().getMaxParallel());
    assertEquals("task_states", job.getTaskGroups(0).getUpdate().getHealthCheck());
    assertEquals(3, job.getUpdate().getMaxParallel());
    assertEquals("", job.getUpdate().getHealthCheck());
  }

  @ParameterizedTest
  @ValueSource(strings = {"service", "batch", "system", "sysbatch"})
  void changesNothingTheSecondTime(String type) {
    Job once = Canonicaliser.canonicalise(bare(type));
    assertEquals(once, Canonicaliser.canonicalise(once));
    assertEquals(List.of(), Validator.validate(once).errors());
  }
}
