package io.steppe.agent.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.sun.net.httpserver.HttpServer;
import io.steppe.agent.boot.Agent;
import io.steppe.agent.boot.ControlPlane;
import io.steppe.agent.boot.Eventually;
import io.steppe.agent.boot.Jobs;
import io.steppe.agent.boot.TestAgent;
import io.steppe.proto.v1.AllocCheckStatus;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.CheckRestart;
import io.steppe.proto.v1.Service;
import io.steppe.proto.v1.ServiceCheck;
import io.steppe.proto.v1.TaskEvent;
import io.steppe.proto.v1.UpdateStrategy;
import io.steppe.rpc.v1.AllocChecks;
import io.steppe.rpc.v1.ClientRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks of services, as the agent runs them and tells of them. */
class ChecksTest {
  @TempDir Path data;

  private ControlPlane control;
  private Agent agent;
  private HttpServer web;
  private volatile int answer = 200;
  private volatile String seen = "";
  private volatile String path = "";

  @BeforeEach
  void begin() throws Exception {
    web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/health",
        exchange -> {
          path = exchange.getRequestURI().toString();
          seen =
              exchange.getRequestMethod()
                  + " "
                  + exchange.getRequestHeaders().getFirst("Host")
                  + " "
                  + exchange.getRequestHeaders().getFirst("X-Who")
                  + " "
                  + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          byte[] body = "it is so".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(answer, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    web.start();
    control = new ControlPlane(0);
    agent = TestAgent.start(data, control.port());
  }

  @AfterEach
  void end() throws Exception {
    agent.allocations().interruptAll(Duration.ofSeconds(10));
    agent.close();
    control.close();
    web.stop(0);
  }

  private ServiceCheck.Builder check(String name, String type) {
    return ServiceCheck.newBuilder()
        .setName(name)
        .setType(type)
        .setPath("/health")
        .setPortLabel(String.valueOf(web.getAddress().getPort()))
        .setInterval(Duration.ofMillis(100).toNanos())
        .setTimeout(Duration.ofSeconds(5).toNanos());
  }

  private static Service.Builder service(ServiceCheck.Builder... checks) {
    Service.Builder service = Service.newBuilder().setName("web").setProvider("nomad");
    for (ServiceCheck.Builder check : checks) {
      service.addChecks(check);
    }
    return service;
  }

  /** A service job's allocation whose group has a service, in a deployment. */
  private Allocation run(String script, Service.Builder ofGroup, Service.Builder ofTask) {
    Allocation.Builder allocation =
        Jobs.allocation(
            "service",
            Jobs.restarts(3, 60_000, 10, "fail"),
            Jobs.shell("web", script).addServices(ofTask));
    allocation
        .setDeploymentId("d1")
        .getJobBuilder()
        .getTaskGroupsBuilder(0)
        .addServices(ofGroup)
        .setUpdate(
            UpdateStrategy.newBuilder()
                .setHealthCheck("checks")
                .setMinHealthyTime(Duration.ofMillis(300).toNanos()));
    Allocation built = allocation.build();
    control.send(built);
    return built;
  }

  private Map<String, AllocCheckStatus> statuses(Allocation allocation) {
    return control
        .ask(
            ClientRequest.newBuilder()
                .setAllocId(allocation.getId())
                .setChecks(AllocChecks.getDefaultInstance())
                .build())
        .awaitEnd()
        .frames()
        .get(0)
        .getChecks()
        .getChecksMap()
        .values()
        .stream()
        .collect(Collectors.toMap(AllocCheckStatus::getCheck, status -> status));
  }

  private AllocCheckStatus await(
      Allocation allocation, String check, Predicate<AllocCheckStatus> wanted) throws Exception {
    Eventually.holds(
        check + " is as wanted",
        () -> {
          AllocCheckStatus status = statuses(allocation).get(check);
          return status != null && wanted.test(status);
        });
    return statuses(allocation).get(check);
  }

  @Test
  void anAllocationIsHealthyWhenItsChecksPass() throws Exception {
    answer = 503;
    Allocation allocation =
        run(
            "exec sleep 1000",
            service(
                check("alive", "http")
                    .setMethod("POST")
                    .setBody("are you")
                    .setHeader(
                        ByteString.copyFromUtf8("{\"Host\":[\"web.test\"],\"X-Who\":[\"me\"]}")),
                check("open", "tcp"),
                check("ready", "http").setPath("/nope").setOnUpdate("ignore")),
            service());

    AllocCheckStatus failed =
        await(allocation, "alive", status -> status.getStatus().equals("failure"));
    assertEquals(503, failed.getStatusCode());
    assertEquals("it is so", failed.getOutput());
    assertEquals("POST web.test me are you", seen);
    assertEquals("job.g[0]", failed.getGroup());
    assertEquals("healthiness", failed.getMode());
    assertEquals("web", failed.getService());
    assertEquals("", failed.getTask());
    assertFalse(failed.getId().isEmpty());
    assertTrue(failed.getTimestamp() > 1_700_000_000L);
    assertFalse(
        control.awaitStatus(allocation.getId(), "running").getDeploymentStatus().hasHealthy());

    answer = 200;
    Allocation healthy =
        control.awaitReport(allocation.getId(), one -> one.getDeploymentStatus().hasHealthy());
    assertTrue(healthy.getDeploymentStatus().getHealthy());
    Map<String, AllocCheckStatus> now = statuses(allocation);
    assertEquals("nomad: http ok", now.get("alive").getOutput());
    assertEquals("nomad: tcp ok", now.get("open").getOutput());
    assertEquals("readiness", now.get("ready").getMode());
    assertEquals("failure", now.get("ready").getStatus());

    control.stop(allocation);
    control.awaitStatus(allocation.getId(), "complete");
    assertEquals(Map.of(), statuses(allocation));
  }

  /** What all tasks of the group have is known, what one of them has is not. */
  @Test
  void aCheckMayNameWhatItsGroupHas() throws Exception {
    Allocation allocation =
        run(
            "exec sleep 1000",
            service(),
            service(
                    check("of ${NOMAD_GROUP_NAME}", "http")
                        .setMethod("POST")
                        .setPath("/health/${NOMAD_ALLOC_INDEX}/${NOMAD_TASK_NAME}?on=${attr.of}")
                        .setBody("${NOMAD_JOB_ID} of ${NOMAD_NAMESPACE}")
                        .setHeader(ByteString.copyFromUtf8("{\"X-Who\":[\"${NOMAD_ALLOC_ID}\"]}")))
                .setName("web-${NOMAD_ALLOC_INDEX}"));
    AllocCheckStatus passed =
        await(allocation, "of g", status -> status.getStatus().equals("success"));
    assertEquals("web-0", passed.getService());
    assertEquals("/health/0/$%7BNOMAD_TASK_NAME%7D?on=$%7Battr.of%7D", path);
    assertTrue(seen.endsWith(" " + allocation.getId() + " job of default"), seen);
  }

  @Test
  void aTaskIsRestartedWhenItsCheckKeepsFailing() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    Allocation allocation =
        run(
            "exec sleep 1000",
            service(),
            service(
                check("alive", "tcp")
                    .setPortLabel(String.valueOf(closed))
                    .setCheckRestart(CheckRestart.newBuilder().setLimit(2).setGrace(0))));
    Allocation report =
        control.awaitReport(
            allocation.getId(), one -> one.getTaskStatesOrThrow("web").getRestarts() > 0);
    TaskEvent signaled =
        report.getTaskStatesOrThrow("web").getEventsList().stream()
            .filter(event -> event.getType().equals("Restart Signaled"))
            .findFirst()
            .orElseThrow();
    assertEquals("healthcheck: check \"alive\" unhealthy", signaled.getDisplayMessage());
  }

  @Test
  void scriptsRunBesideTheTask() throws Exception {
    Path verdict = data.resolve("verdict");
    Files.writeString(verdict, "0");
    Allocation allocation =
        run(
            "exec sleep 1000",
            service(),
            service(
                check("script", "script")
                    .setCommand("/bin/sh")
                    .addArgs("-c")
                    .addArgs("echo $NOMAD_TASK_NAME says; exit $(cat " + verdict + ")"),
                check("slow", "script")
                    .setTimeout(Duration.ofMillis(200).toNanos())
                    .setCommand("sleep")
                    .addArgs("1000")));
    AllocCheckStatus good =
        await(allocation, "script", status -> status.getStatus().equals("success"));
    assertEquals("web says\n", good.getOutput());
    assertEquals("web", good.getTask());
    Files.writeString(verdict, "2");
    await(allocation, "script", status -> status.getStatus().equals("failure"));
    AllocCheckStatus slow =
        await(allocation, "slow", status -> status.getStatus().equals("failure"));
    assertEquals("nomad: no answer within 200 ms", slow.getOutput());
  }
}
