package io.steppe.alloc.scheduler.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import io.steppe.alloc.canonical.Canonicaliser;
import io.steppe.proto.v1.Affinity;
import io.steppe.proto.v1.Constraint;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.NetworkResource;
import io.steppe.proto.v1.Port;
import io.steppe.proto.v1.Service;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskArtifact;
import io.steppe.proto.v1.TaskGroup;
import io.steppe.proto.v1.Template;
import io.steppe.proto.v1.UpdateStrategy;
import io.steppe.proto.v1.VolumeRequest;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which changes of a job its tasks can follow, and which start them anew. */
class GroupChangesTest {

  private static final Job JOB =
      Job.newBuilder()
          .setId("app")
          .setType("service")
          .addTaskGroups(
              TaskGroup.newBuilder()
                  .setName("web")
                  .addNetworks(
                      NetworkResource.newBuilder()
                          .addDynamicPorts(Port.newBuilder().setLabel("http")))
                  .addTasks(
                      Task.newBuilder()
                          .setName("server")
                          .setDriver("raw_exec")
                          .setConfig(ByteString.copyFromUtf8("{\"command\":\"a\"}"))))
          .build();

  static Stream<Arguments> changes() {
    return Stream.of(
        change("nothing", false, job -> {}),
        change("driver", true, job -> task(job).setDriver("exec")),
        change("user", true, job -> task(job).setUser("nobody")),
        change(
            "config",
            true,
            job -> task(job).setConfig(ByteString.copyFromUtf8("{\"command\":\"b\"}"))),
        change("env", true, job -> task(job).putEnv("A", "b")),
        change("cpu", true, job -> task(job).getResourcesBuilder().setCpu(200)),
        change("memory", true, job -> task(job).getResourcesBuilder().setMemoryMb(200)),
        change(
            "artifact",
            true,
            job -> task(job).addArtifacts(TaskArtifact.newBuilder().setGetterSource("x"))),
        change(
            "template",
            true,
            job -> task(job).addTemplates(Template.newBuilder().setDestPath("x"))),
        change("task's metadata", true, job -> task(job).putMeta("a", "b")),
        change("group's metadata", true, job -> group(job).putMeta("a", "b")),
        change("job's metadata", true, job -> job.putMeta("a", "b")),
        change("disk", true, job -> group(job).getEphemeralDiskBuilder().setSizeMb(500)),
        change("network mode", true, job -> group(job).getNetworksBuilder(0).setMode("bridge")),
        change(
            "another port",
            true,
            job ->
                group(job).getNetworksBuilder(0).addDynamicPorts(Port.newBuilder().setLabel("b"))),
        change(
            "volume",
            true,
            job -> group(job).putVolumes("v", VolumeRequest.newBuilder().setType("host").build())),
        change(
            "affinity",
            true,
            job ->
                job.addAffinities(
                    Affinity.newBuilder()
                        .setLTarget("${node.class}")
                        .setRTarget("a")
                        .setOperand("="))),
        change(
            "another task",
            true,
            job -> group(job).addTasks(Task.newBuilder().setName("b").setDriver("exec"))),
        change("renamed task", true, job -> task(job).setName("b")),
        change("count", false, job -> group(job).setCount(7)),
        change(
            "update",
            false,
            job -> group(job).setUpdate(UpdateStrategy.newBuilder().setMaxParallel(7))),
        change("restarts", false, job -> group(job).getRestartPolicyBuilder().setAttempts(9)),
        change(
            "service",
            false,
            job -> group(job).addServices(Service.newBuilder().setName("s").setProvider("consul"))),
        change(
            "constraint",
            false,
            job ->
                job.addConstraints(
                    Constraint.newBuilder().setLTarget("a").setRTarget("a").setOperand("="))),
        change("kill timeout", false, job -> task(job).setKillTimeout(1)),
        change("priority", false, job -> job.setPriority(60)));
  }

  private static Arguments change(String what, boolean destructive, Consumer<Job.Builder> change) {
    Job.Builder job = JOB.toBuilder();
    change.accept(job);
    return Arguments.of(what, destructive, job.build());
  }

  private static TaskGroup.Builder group(Job.Builder job) {
    return job.getTaskGroupsBuilder(0);
  }

  private static Task.Builder task(Job.Builder job) {
    return group(job).getTasksBuilder(0);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("changes")
  void startsAnewOnlyForWhatTasksCannotFollow(String what, boolean destructive, Job changed) {
    assertEquals(
        destructive,
        GroupChanges.destructive(
            Canonicaliser.canonicalise(JOB), Canonicaliser.canonicalise(changed), "web"));
  }
}
