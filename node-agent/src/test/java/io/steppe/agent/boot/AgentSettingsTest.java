package io.steppe.agent.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AgentSettingsTest {
  private static AgentSettings settings(String... keysAndValues) {
    var builder =
        new SmallRyeConfigBuilder()
            .withMapping(AgentSettings.class)
            .withConverter(MemorySize.class, 200, new MemorySizeConverter())
            .withConverter(Duration.class, 200, new DurationConverter());
    for (int i = 0; i < keysAndValues.length; i += 2) {
      builder.withDefaultValue(keysAndValues[i], keysAndValues[i + 1]);
    }
    return builder.build().getConfigMapping(AgentSettings.class);
  }

  @Test
  void hasDefaults() {
    AgentSettings settings = settings();
    assertEquals("global", settings.region());
    assertEquals("dc1", settings.datacenter());
    assertFalse(settings.acl().enabled());
    assertEquals(Path.of("data/agent"), settings.agent().dataDir());
    assertEquals(List.of("127.0.0.1:4651"), settings.agent().servers());
    assertEquals("default", settings.agent().nodePool());
    assertEquals(20_000, settings.agent().minDynamicPort());
    assertEquals(32_000, settings.agent().maxDynamicPort());
    assertEquals(50, settings.agent().gcMaxAllocs());
    assertEquals(Duration.ofMinutes(1), settings.agent().gcInterval());
    assertEquals(80, settings.agent().gcDiskUsageThreshold());
    assertEquals(70, settings.agent().gcInodeUsageThreshold());
    assertEquals(2, settings.agent().gcParallelDestroys());
    assertFalse(settings.agent().stopTasksOnExit());
    assertEquals(Optional.empty(), settings.agent().name());
    assertEquals("steppe.slice", settings.agent().cgroupParent());
    assertEquals(Map.of(), settings.agent().exec().chroot());
    assertEquals(Optional.of(Set.of("root")), settings.agent().exec().deniedUsers());
    assertTrue(settings.agent().exec().allowedCapabilities().orElseThrow().contains("chown"));
    assertEquals("nobody", settings.agent().exec().user());
    assertEquals(4096, settings.agent().exec().pids());
    assertEquals(Path.of("/var/run/docker.sock"), settings.agent().docker().socket());
    assertFalse(settings.agent().docker().allowPrivileged());
    assertFalse(settings.agent().docker().allowVolumes());
    assertEquals(4096, settings.agent().docker().pids());
    assertEquals(Optional.empty(), settings.agent().exec().java());
    AgentSettings.Http http = settings.agent().http();
    assertTrue(http.enabled());
    assertEquals(Optional.empty(), http.advertise());
    assertEquals(10 << 20, http.bodyLimit().asLongValue());
    assertEquals(32 << 20, http.bodiesLimit().asLongValue());
    assertEquals(Duration.ofSeconds(15), http.patience());
    assertEquals(Duration.ofSeconds(1), http.frameHeartbeat());
    assertEquals(256 << 10, http.streamCredit().asLongValue());
  }

  @Test
  void takesWhatIsSet() {
    AgentSettings settings =
        settings(
            "steppe.datacenter", "dc2",
            "steppe.agent.data-dir", "/var/lib/steppe",
            "steppe.agent.servers", "a:1,b:2",
            "steppe.agent.name", "n",
            "steppe.agent.node-class", "big",
            "steppe.agent.meta.\"rack.row\"", "r1",
            "steppe.agent.links.\"inventory\"", "shelf-7",
            "steppe.agent.host-volumes.\"db\".path", "/srv/db",
            "steppe.agent.host-volumes.\"db\".read-only", "true",
            "steppe.agent.network-interface", "eth1",
            "steppe.agent.cpu-total-compute", "4000",
            "steppe.agent.memory-total-mb", "512",
            "steppe.agent.gc-max-allocs", "7",
            "steppe.agent.cgroup-parent", "work",
            "steppe.agent.exec.chroot.\"/opt/tools\"", "/tools",
            "steppe.agent.exec.denied-users", "",
            "steppe.agent.exec.user", "tasks",
            "steppe.agent.docker.socket", "/run/podman/podman.sock",
            "steppe.agent.docker.allow-volumes", "true",
            "steppe.agent.gc-interval", "30s",
            "steppe.agent.gc-disk-usage-threshold", "90.5",
            "steppe.agent.gc-inode-usage-threshold", "60",
            "steppe.agent.gc-parallel-destroys", "4",
            "steppe.agent.http.enabled", "false",
            "steppe.agent.http.advertise", "edge:80",
            "steppe.agent.stop-tasks-on-exit", "true");
    assertEquals("dc2", settings.datacenter());
    assertEquals(Path.of("/var/lib/steppe"), settings.agent().dataDir());
    assertEquals(List.of("a:1", "b:2"), settings.agent().servers());
    assertEquals(Optional.of("n"), settings.agent().name());
    assertEquals(Optional.of("big"), settings.agent().nodeClass());
    assertEquals(Map.of("rack.row", "r1"), settings.agent().meta());
    assertEquals(Map.of("inventory", "shelf-7"), settings.agent().links());
    AgentSettings.OfHostVolume volume = settings.agent().hostVolumes().get("db");
    assertEquals(Path.of("/srv/db"), volume.path());
    assertTrue(volume.readOnly());
    assertEquals(Optional.of("eth1"), settings.agent().networkInterface());
    assertEquals(Optional.of(4000L), settings.agent().cpuTotalCompute());
    assertEquals(Optional.of(512L), settings.agent().memoryTotalMb());
    assertEquals(7, settings.agent().gcMaxAllocs());
    assertEquals("work", settings.agent().cgroupParent());
    assertEquals(Map.of("/opt/tools", "/tools"), settings.agent().exec().chroot());
    assertEquals(Optional.empty(), settings.agent().exec().deniedUsers());
    assertEquals("tasks", settings.agent().exec().user());
    assertEquals(Path.of("/run/podman/podman.sock"), settings.agent().docker().socket());
    assertTrue(settings.agent().docker().allowVolumes());
    assertEquals(Duration.ofSeconds(30), settings.agent().gcInterval());
    assertEquals(90.5, settings.agent().gcDiskUsageThreshold());
    assertEquals(60, settings.agent().gcInodeUsageThreshold());
    assertEquals(4, settings.agent().gcParallelDestroys());
    assertTrue(settings.agent().stopTasksOnExit());
    assertFalse(settings.agent().http().enabled());
    assertEquals(Optional.of("edge:80"), settings.agent().http().advertise());
  }
}
