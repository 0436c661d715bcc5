package io.steppe.bench.load;

import com.google.protobuf.ByteString;
import io.steppe.proto.v1.EphemeralDisk;
import io.steppe.proto.v1.LogConfig;
import io.steppe.proto.v1.Resources;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskGroup;

/** Allocations that take next to nothing and run until they are told to stop. */
public final class MockGroup {
  private MockGroup() {}

  /** So many of them. */
  public static TaskGroup of(int count) {
    Task task =
        Task.newBuilder()
            .setName("mock")
            .setDriver("mock_driver")
            .setConfig(ByteString.copyFromUtf8("{\"run_for\":\"8760h\"}"))
            .setLogConfig(LogConfig.newBuilder().setMaxFiles(1).setMaxFileSizeMb(1))
            .setResources(Resources.newBuilder().setCpu(50).setMemoryMb(32))
            .build();
    return TaskGroup.newBuilder()
        .setName("mock")
        .setCount(count)
        .setEphemeralDisk(EphemeralDisk.newBuilder().setSizeMb(10))
        .addTasks(task)
        .build();
  }
}
