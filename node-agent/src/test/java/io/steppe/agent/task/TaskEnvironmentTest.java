package io.steppe.agent.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.steppe.proto.v1.AllocatedCpuResources;
import io.steppe.proto.v1.AllocatedMemoryResources;
import io.steppe.proto.v1.AllocatedPortMapping;
import io.steppe.proto.v1.AllocatedResources;
import io.steppe.proto.v1.AllocatedSharedResources;
import io.steppe.proto.v1.AllocatedTaskResources;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.NetworkResource;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.Port;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskGroup;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class TaskEnvironmentTest {
  private final Node node =
      Node.newBuilder()
          .setId("n-1")
          .setName("host")
          .setDatacenter("dc7")
          .setNodeClass("big")
          .setNodePool("pool")
          .putAttributes("kernel.name", "linux")
          .putMeta("rack", "r2")
          .build();

  private TaskEnvironment environment(Task.Builder task) {
    TaskGroup group =
        TaskGroup.newBuilder()
            .setName("g")
            .putMeta("tier", "group")
            .putMeta("team-name", "x")
            .build();
    Job job =
        Job.newBuilder()
            .setId("web/1")
            .setName("web")
            .setParentId("web")
            .putMeta("tier", "job")
            .build();
    Allocation allocation =
        Allocation.newBuilder()
            .setId("0123456789ab-cdef")
            .setName("web.g[4]")
            .setNamespace("default")
            .setTaskGroup("g")
            .setJob(job)
            .setAllocatedResources(
                AllocatedResources.newBuilder()
                    .putTasks(
                        "t",
                        AllocatedTaskResources.newBuilder()
                            .setCpu(
                                AllocatedCpuResources.newBuilder()
                                    .setCpuShares(250)
                                    .addReservedCores(0)
                                    .addReservedCores(3))
                            .setMemory(
                                AllocatedMemoryResources.newBuilder()
                                    .setMemoryMb(64)
                                    .setMemoryMaxMb(128))
                            .addNetworks(
                                NetworkResource.newBuilder()
                                    .setIp("10.0.0.9")
                                    .addDynamicPorts(
                                        Port.newBuilder().setLabel("own").setValue(22000)))
                            .build())
                    .setShared(
                        AllocatedSharedResources.newBuilder()
                            .addPorts(
                                AllocatedPortMapping.newBuilder()
                                    .setLabel("http")
                                    .setValue(21000)
                                    .setTo(8080)
                                    .setHostIp("10.0.0.1"))
                            .addPorts(
                                AllocatedPortMapping.newBuilder()
                                    .setLabel("my-port")
                                    .setValue(21001)
                                    .setHostIp("10.0.0.1"))))
            .build();
    return TaskEnvironment.of(
        allocation,
        group,
        task.setName("t").build(),
        TaskFolders.of(Path.of("/a"), "t"),
        node,
        "global",
        Map.of("PATH", "/bin", "HOME", "/home/app"));
  }

  @Test
  void tellsTheTaskAllAboutItself() {
    Map<String, String> got = environment(Task.newBuilder().putMeta("tier", "task")).variables();
    Map<String, String> expected =
        Map.ofEntries(
            Map.entry("NOMAD_ALLOC_ID", "0123456789ab-cdef"),
            Map.entry("NOMAD_SHORT_ALLOC_ID", "01234567"),
            Map.entry("NOMAD_ALLOC_NAME", "web.g[4]"),
            Map.entry("NOMAD_ALLOC_INDEX", "4"),
            Map.entry("NOMAD_ALLOC_DIR", "/a/alloc"),
            Map.entry("NOMAD_TASK_DIR", "/a/t/local"),
            Map.entry("NOMAD_SECRETS_DIR", "/a/t/secrets"),
            Map.entry("NOMAD_TASK_NAME", "t"),
            Map.entry("NOMAD_GROUP_NAME", "g"),
            Map.entry("NOMAD_JOB_ID", "web/1"),
            Map.entry("NOMAD_JOB_NAME", "web"),
            Map.entry("NOMAD_JOB_PARENT_ID", "web"),
            Map.entry("NOMAD_NAMESPACE", "default"),
            Map.entry("NOMAD_REGION", "global"),
            Map.entry("NOMAD_DC", "dc7"),
            Map.entry("NOMAD_CPU_LIMIT", "250"),
            Map.entry("NOMAD_CPU_CORES", "0,3"),
            Map.entry("NOMAD_MEMORY_LIMIT", "64"),
            Map.entry("NOMAD_MEMORY_MAX_LIMIT", "128"),
            Map.entry("NOMAD_PORT_http", "8080"),
            Map.entry("NOMAD_HOST_PORT_http", "21000"),
            Map.entry("NOMAD_IP_http", "10.0.0.1"),
            Map.entry("NOMAD_ADDR_http", "10.0.0.1:21000"),
            Map.entry("NOMAD_PORT_my_port", "21001"),
            Map.entry("NOMAD_PORT_own", "22000"),
            Map.entry("NOMAD_ADDR_t_own", "10.0.0.9:22000"),
            Map.entry("NOMAD_META_tier", "task"),
            Map.entry("NOMAD_META_TIER", "task"),
            Map.entry("NOMAD_META_team_name", "x"),
            Map.entry("PATH", "/bin"));
    expected.forEach((name, value) -> assertEquals(value, got.get(name), name));
  }

  @Test
  void replacesReferencesEverywhere() throws Exception {
    TaskEnvironment environment =
        environment(
            Task.newBuilder()
                .putEnv("URL", "http://${NOMAD_ADDR_http}/${meta.rack}")
                .putEnv("X", "${nothing}"));
    assertEquals("http://10.0.0.1:21000/r2", environment.variables().get("URL"));
    assertEquals("${nothing}", environment.variables().get("X"));

    String json =
        "{\"command\":\"${env[\\\"HOME\\\"]}/run\",\"args\":[\"${attr.kernel.name}\",\"${node.class}\",\"${NOMAD_META_tier}\",7]}";
    DriverConfig config =
        DriverConfig.of(
            json.getBytes(java.nio.charset.StandardCharsets.UTF_8), environment.interpolation());
    assertEquals("/home/app/run", config.text("command"));
    assertEquals(List.of("linux", "big", "group", "7"), config.texts("args"));
  }

  @Test
  void theJobOverridesTheMachine() {
    assertEquals(
        "/opt", environment(Task.newBuilder().putEnv("PATH", "/opt")).variables().get("PATH"));
    assertFalse(environment(Task.newBuilder()).variables().containsKey("URL"));
  }

  @Property
  void aTextWithoutReferencesStaysAsItIs(@ForAll String text) {
    if (!text.contains("${")) {
      assertEquals(text, environment(Task.newBuilder()).interpolation().apply(text));
    }
  }
}
