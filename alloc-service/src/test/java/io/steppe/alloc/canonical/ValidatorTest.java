package io.steppe.alloc.canonical;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.proto.v1.Constraint;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.LogConfig;
import io.steppe.proto.v1.NetworkResource;
import io.steppe.proto.v1.PeriodicConfig;
import io.steppe.proto.v1.Port;
import io.steppe.proto.v1.Resources;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskGroup;
import io.steppe.proto.v1.TaskLifecycle;
import io.steppe.proto.v1.UpdateStrategy;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused, and in which words. */
class ValidatorTest {

  private static Job.Builder good() {
    return Job.newBuilder()
        .setId("app")
        .addTaskGroups(
            TaskGroup.newBuilder()
                .setName("web")
                .addTasks(Task.newBuilder().setName("server").setDriver("raw_exec")));
  }

  private static Validation validate(Job.Builder job) {
    return Validator.validate(Canonicaliser.canonicalise(job.build()));
  }

  private static void refused(String text, Consumer<TaskGroup.Builder> change) {
    Job.Builder job = good();
    change.accept(job.getTaskGroupsBuilder(0));
    String error = validate(job).error();
    assertTrue(error.contains(text), () -> error + " should say " + text);
  }

  @Test
  void acceptsAGoodJob() {
    assertTrue(validate(good()).valid());
    assertEquals("", validate(good()).error());
    assertEquals("", validate(good()).warning());
  }

  @Test
  void nestsErrorsAsClientsKnowThem() {
    Job.Builder job = good();
    job.getTaskGroupsBuilder(0).getTasksBuilder(0).setDriver("");
    assertEquals(
        "1 error occurred:\n\t* Task group web validation failed: 1 error occurred:\n"
            + "\t* Task server validation failed: 1 error occurred:\n\t* Missing task driver\n\n\n\n\n\n",
        validate(job).error());
  }

  @Test
  void saysAllAtOnce() {
    Validation validation = validate(Job.newBuilder().setType("nope").setPriority(101));
    assertEquals(
        List.of(
            "Missing job ID",
            "Missing job name",
            "Invalid job type: \"nope\"",
            "Job priority must be between [1, 100]",
            "Missing job task groups"),
        validation.errors());
    assertTrue(validation.error().startsWith("5 errors occurred:\n\t* Missing job ID\n\t* "));
  }

  @Test
  void refusesDoubles() {
    Job.Builder job = good();
    job.addTaskGroups(job.getTaskGroups(0));
    assertEquals(List.of("Job task group 2 redefines 'web' from group 1"), validate(job).errors());
    refused("Task 2 redefines 'server' from task 1", group -> group.addTasks(group.getTasks(0)));
  }

  @Test
  void looksAtGroups() {
    refused("Task group count can't be negative", group -> group.setCount(-1));
    refused("Missing tasks for task group", group -> group.clearTasks());
    refused(
        "minimum DiskMB value is 10; got 1", group -> group.getEphemeralDiskBuilder().setSizeMb(1));
    refused(
        "Max parallel can not be less than zero",
        group -> group.setUpdate(UpdateStrategy.newBuilder().setMaxParallel(-1)));
    refused(
        "Static port 80 already reserved by taskgroup network:weba",
        group ->
            group.addNetworks(
                NetworkResource.newBuilder()
                    .addReservedPorts(Port.newBuilder().setLabel("a").setValue(80))
                    .addReservedPorts(Port.newBuilder().setLabel("b").setValue(80))));
  }

  @Test
  void looksAtTasks() {
    task(
        "minimum CPU value is 1; got 0",
        task -> task.setResources(Resources.newBuilder().setCpu(0)));
    task(
        "minimum MemoryMB value is 10; got 5",
        task -> task.setResources(Resources.newBuilder().setMemoryMb(5)));
    task("Task name cannot include slashes", task -> task.setName("a/b"));
    task("KillTimeout must be a positive value", task -> task.setKillTimeout(-1));
    task(
        "invalid hook: midway",
        task -> task.setLifecycle(TaskLifecycle.newBuilder().setHook("midway")));
    task(
        "log storage (1000 MB) must be less than requested disk capacity (300 MB)",
        task -> task.setLogConfig(LogConfig.newBuilder().setMaxFiles(100)));
  }

  private static void task(String text, Consumer<Task.Builder> change) {
    refused(text, group -> change.accept(group.getTasksBuilder(0)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ${attr.a} |         | x        | Missing constraint operand
          ${attr.a} | like    | x        | Unknown constraint type "like"
          ${attr.a} | regexp  | (        | Regular expression failed to compile
          ${attr.a} | version | >> 1     | Version constraint is invalid
          ${attr.a} | semver  | ~> 1.0   | Semver constraint is invalid
          ${attr.a} | =       |          | requires an RTarget
                    | =       | x        | No LTarget provided
          ${meta.r} | distinct_property | two | Failed to convert RTarget "two" to uint64
          ${meta.r} | distinct_property | 0   | Distinct Property must have an allowed count
          """)
  void looksAtConstraints(String left, String operand, String right, String text) {
    var constraint = Constraint.newBuilder();
    constraint.setLTarget(left == null ? "" : left);
    constraint.setOperand(operand == null ? "" : operand);
    constraint.setRTarget(right == null ? "" : right);
    String error = validate(good().addConstraints(constraint)).error();
    assertTrue(error.contains("Constraint 1 validation failed"), error);
    assertTrue(error.contains(text), error);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          */15 * * * *        | true
          @daily              | true
          0 0 1,15 * MON-FRI  | true
          0 */5 * * * * *     | true
          every minute        | false
          * * *               | false
          """)
  void looksAtCron(String spec, boolean valid) {
    Job.Builder job =
        good().setType("batch").setPeriodic(PeriodicConfig.newBuilder().setSpec(spec));
    assertEquals(valid, validate(job).valid(), validate(job).error());
  }

  @Test
  void warns() {
    Job.Builder job = good();
    job.getTaskGroupsBuilder(0).setUpdate(UpdateStrategy.newBuilder().setMaxParallel(3));
    assertTrue(validate(job).valid());
    assertTrue(
        validate(job)
            .warning()
            .startsWith("1 warning(s):\n\n* Group \"web\" has warnings: 1 error occurred:"));
  }
}
