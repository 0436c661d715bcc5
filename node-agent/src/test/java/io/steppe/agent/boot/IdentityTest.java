package io.steppe.agent.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.WorkloadIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Identities of tasks, from a control plane that numbers what it signs. */
class IdentityTest {
  @TempDir Path data;

  private ControlPlane control;
  private Agent agent;

  @BeforeEach
  void begin() throws Exception {
    control = new ControlPlane(0);
    agent = TestAgent.start(data, control.port());
    control.awaitRegistrations(1);
  }

  @AfterEach
  void end() throws Exception {
    agent.allocations().interruptAll(Duration.ofSeconds(10));
    agent.close();
    control.close();
  }

  @Test
  void aTaskFindsThemInItsEnvironmentAndFiles() throws Exception {
    Allocation allocation =
        Jobs.allocation(
                "batch",
                Jobs.shell(
                        "t",
                        "echo $NOMAD_TOKEN $NOMAD_TOKEN_vault $NOMAD_TOKEN_hidden; cat secrets/nomad_token local/v.jwt")
                    .setIdentity(identity("default").setEnv(true).setFile(true))
                    .addIdentities(
                        identity("vault").setEnv(true).setFile(true).setFilepath("local/v.jwt"))
                    .addIdentities(identity("hidden")))
            .build();
    control.send(allocation);
    control.awaitStatus(allocation.getId(), "complete");
    assertEquals(
        "jwt-default-1 jwt-vault-1\njwt-default-1jwt-vault-1", Files.readString(log(allocation)));
    assertEquals(List.of("t/default", "t/vault"), control.signed());
  }

  @Test
  void aTaskThatAsksForNoneWaitsForNobody() throws Exception {
    control.refuseToSign("no key");
    Allocation allocation = Jobs.allocation("batch", Jobs.shell("t", "true")).build();
    control.send(allocation);
    control.awaitStatus(allocation.getId(), "complete");
    assertEquals(List.of(), control.signed());
  }

  @Test
  void aTaskDoesNotStartWithoutOne() throws Exception {
    control.refuseToSign("there is no key to sign with");
    Allocation allocation =
        Jobs.allocation(
                "batch", Jobs.shell("t", "true").setIdentity(identity("default").setEnv(true)))
            .build();
    control.send(allocation);
    Allocation report = control.awaitStatus(allocation.getId(), "failed");
    assertTrue(
        report.getTaskStatesOrThrow("t").getEventsList().stream()
            .anyMatch(
                event ->
                    event
                        .getDisplayMessage()
                        .contains("failed to sign identities: there is no key to sign with")),
        () -> report.getTaskStatesOrThrow("t").toString());
  }

  @Test
  void theyAreFollowedByOthersBeforeTheyEndAndTheTaskIsTold() throws Exception {
    control.signFor(Duration.ofSeconds(3));
    Allocation allocation =
        Jobs.allocation(
                "service",
                Jobs.shell(
                        "t",
                        "trap 'cat secrets/nomad_short.jwt; echo' HUP; echo up; while :; do sleep 0.1; done")
                    .addIdentities(
                        identity("short")
                            .setFile(true)
                            .setTtl(1)
                            .setChangeMode("signal")
                            .setChangeSignal("SIGHUP")))
            .build();
    control.send(allocation);
    control.awaitStatus(allocation.getId(), "running");
    Eventually.holds(
        "the task is told of another",
        () ->
            Files.exists(log(allocation))
                && Files.readString(log(allocation)).contains("jwt-short-2\n"));
  }

  @Test
  void anAgentThatComesBackGoesOnWithThem() throws Exception {
    Allocation allocation =
        Jobs.allocation(
                "service",
                Jobs.shell("t", "sleep 600").setIdentity(identity("default").setEnv(true)))
            .build();
    control.send(allocation);
    control.awaitStatus(allocation.getId(), "running");
    agent.close();
    agent = TestAgent.start(data, control.port());
    control.awaitRegistrations(2);
    control.awaitStatus(allocation.getId(), "running");
    assertEquals(List.of("t/default"), control.signed());
  }

  private static WorkloadIdentity.Builder identity(String name) {
    return WorkloadIdentity.newBuilder().setName(name);
  }

  private Path log(Allocation allocation) {
    return data.resolve("allocs").resolve(allocation.getId()).resolve("alloc/logs/t.stdout.0");
  }
}
