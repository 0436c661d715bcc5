package io.steppe.agent.docker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.steppe.agent.driver.Mount;
import io.steppe.agent.driver.TaskResources;
import io.steppe.agent.driver.TaskRun;
import io.steppe.agent.task.DriverConfig;
import io.steppe.agent.task.StartFailure;
import io.steppe.agent.task.TaskFolders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContainerSpecTest {
  private static final TaskResources RESOURCES =
      new TaskResources(
          500,
          0.25,
          List.of(2, 3),
          128,
          256,
          List.of(new TaskResources.Mapped("http", "10.0.0.1", 20_001, 8080)));

  @Test
  void resourcesBecomeLimits() throws Exception {
    Map<String, Object> host = host(Map.of("image", "redis", "cpu_hard_limit", true));
    assertEquals(500L, host.get("CpuShares"));
    assertEquals(25_000L, host.get("CpuQuota"));
    assertEquals("2,3", host.get("CpusetCpus"));
    assertEquals(256L << 20, host.get("Memory"));
    assertEquals(256L << 20, host.get("MemorySwap"));
    assertEquals(128L << 20, host.get("MemoryReservation"));
    assertEquals(4096, host.get("PidsLimit"));
    assertEquals(List.of("ALL"), host.get("CapDrop"));
  }

  @Test
  void namedPortsAreMapped() throws Exception {
    var expected = List.of(Map.of("HostIp", "10.0.0.1", "HostPort", "20001"));
    assertEquals(
        Map.of("8080/tcp", expected, "8080/udp", expected),
        host(Map.of("image", "redis", "ports", List.of("http"))).get("PortBindings"));
    assertEquals(
        Map.of("6379/tcp", expected, "6379/udp", expected),
        host(Map.of("image", "redis", "port_map", List.of(Map.of("http", 6379))))
            .get("PortBindings"));
    assertEquals(Map.of(), host(Map.of("image", "redis")).get("PortBindings"));
  }

  @Test
  void foldersOfTheTaskAreSeenAndOthersNeedLeave() throws Exception {
    assertEquals(
        List.of(
            "/data/alloc:/alloc",
            "/data/web/local:/local",
            "/data/web/secrets:/secrets",
            "/srv/db:/db:ro",
            "/data/web/local/conf:/etc/app:ro"),
        host(Map.of("image", "redis", "volumes", List.of("local/conf:/etc/app:ro"))).get("Binds"));
    for (String volume : List.of("/etc:/x", "../other:/x", "local/../../other:/x", "local")) {
      assertThrows(
          StartFailure.class,
          () -> host(Map.of("image", "redis", "volumes", List.of(volume))),
          volume);
    }
  }

  @Test
  void aPasswordTravelsAsTheEngineWantsIt() {
    var spec =
        spec(
            Map.of(
                "image",
                "redis",
                "auth",
                List.of(Map.of("username", "me", "password", "s3", "server_address", "reg"))));
    assertEquals(
        "{\"username\":\"me\",\"password\":\"s3\",\"email\":\"\",\"serveraddress\":\"reg\"}",
        new String(Base64.getUrlDecoder().decode(spec.auth()), StandardCharsets.UTF_8));
  }

  @Test
  void imagesAreNamedInManyWays() {
    assertEquals(new ImageName("redis", "latest"), ImageName.of("redis"));
    assertEquals(new ImageName("reg:5000/a/b", "latest"), ImageName.of("reg:5000/a/b"));
    assertEquals(new ImageName("reg:5000/a/b", "7"), ImageName.of("https://reg:5000/a/b:7"));
    assertEquals(new ImageName("redis@sha256:00", ""), ImageName.of("redis@sha256:00"));
  }

  private static Map<String, Object> host(Map<String, Object> config) throws StartFailure {
    return Fields.object(spec(config).body(true), "HostConfig");
  }

  private static ContainerSpec spec(Map<String, Object> config) {
    var run =
        new TaskRun(
            "0a1b",
            "web",
            1,
            Path.of("/home"),
            TaskFolders.of(Path.of("/data"), "web"),
            Map.of(),
            "",
            new DriverConfig(config),
            RESOURCES,
            List.of(new Mount(Path.of("/srv/db"), "/db", true)),
            true,
            Instant.EPOCH);
    return new ContainerSpec(run, DockerSettings.defaults(), "node");
  }
}
