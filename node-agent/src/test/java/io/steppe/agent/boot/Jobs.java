package io.steppe.agent.boot;

import com.google.protobuf.ByteString;
import io.steppe.proto.v1.AllocatedResources;
import io.steppe.proto.v1.AllocatedTaskResources;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.LogConfig;
import io.steppe.proto.v1.RestartPolicy;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskGroup;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Collectors;

/** Allocations as a control plane would send them. */
public final class Jobs {
  private Jobs() {}

  /** A task that runs a shell script. */
  public static Task.Builder shell(String name, String script) {
    return Task.newBuilder()
        .setName(name)
        .setDriver("raw_exec")
        .setConfig(
            ByteString.copyFromUtf8(
                "{\"command\":\"/bin/sh\",\"args\":[\"-c\"," + quoted(script) + "]}"))
        .setKillTimeout(2_000_000_000L)
        .setLogConfig(LogConfig.newBuilder().setMaxFiles(10).setMaxFileSizeMb(1));
  }

  /** A task of any driver that runs a shell script; more of its config is JSON without braces. */
  public static Task.Builder shell(String driver, String name, String script, String more) {
    return shell(name, script)
        .setDriver(driver)
        .setConfig(
            ByteString.copyFromUtf8(
                "{\"command\":\"/bin/sh\",\"args\":[\"-c\","
                    + quoted(script)
                    + "]"
                    + (more.isEmpty() ? "" : "," + more)
                    + "}"));
  }

  /** A task of the mock driver; config is JSON. */
  public static Task.Builder mock(String name, String config) {
    return Task.newBuilder()
        .setName(name)
        .setDriver("mock_driver")
        .setConfig(ByteString.copyFromUtf8(config))
        .setKillTimeout(2_000_000_000L)
        .setLogConfig(LogConfig.newBuilder().setMaxFiles(10).setMaxFileSizeMb(1));
  }

  /** An allocation of a job whose tasks are never restarted. */
  public static Allocation.Builder allocation(String type, Task.Builder... tasks) {
    RestartPolicy never =
        RestartPolicy.newBuilder()
            .setAttempts(0)
            .setInterval(60_000_000_000L)
            .setDelay(1_000_000_000L)
            .setMode("fail")
            .build();
    return allocation(type, never, tasks);
  }

  /** An allocation of a job with a restart policy. */
  public static Allocation.Builder allocation(
      String type, RestartPolicy policy, Task.Builder... tasks) {
    TaskGroup.Builder group = TaskGroup.newBuilder().setName("g").setRestartPolicy(policy);
    var resources = AllocatedResources.newBuilder();
    for (Task.Builder task : tasks) {
      group.addTasks(task.setRestartPolicy(policy));
      resources.putTasks(task.getName(), AllocatedTaskResources.getDefaultInstance());
    }
    return Allocation.newBuilder()
        .setId(UUID.randomUUID().toString())
        .setNamespace("default")
        .setJobId("job")
        .setName("job.g[0]")
        .setTaskGroup("g")
        .setDesiredStatus("run")
        .setClientStatus("pending")
        .setAllocatedResources(resources)
        .setAllocModifyIndex(1)
        .setJob(
            Job.newBuilder()
                .setId("job")
                .setName("job")
                .setType(type)
                .setRegion("global")
                .addTaskGroups(group));
  }

  /** A restart policy in milliseconds. */
  public static RestartPolicy restarts(
      int attempts, long intervalMillis, long delayMillis, String mode) {
    return RestartPolicy.newBuilder()
        .setAttempts(attempts)
        .setInterval(intervalMillis * 1_000_000)
        .setDelay(delayMillis * 1_000_000)
        .setMode(mode)
        .build();
  }

  private static String quoted(String text) {
    return Arrays.stream(text.split(""))
        .map(c -> c.equals("\"") || c.equals("\\") ? "\\" + c : c.equals("\n") ? "\\n" : c)
        .collect(Collectors.joining("", "\"", "\""));
  }
}
