package io.steppe.agent.operation;

import com.sun.management.OperatingSystemMXBean;
import io.steppe.agent.boot.Agent;
import io.steppe.agent.boot.ControlPlane;
import io.steppe.agent.boot.Jobs;
import io.steppe.agent.boot.TestAgent;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Service;
import io.steppe.proto.v1.ServiceCheck;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.Exec;
import java.lang.management.ManagementFactory;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Figures of an agent in this process: how soon commands begin, what checks cost. */
public final class OperationFigures {
  private static final int COMMANDS = 50;
  private static final Duration INTERVAL = Duration.ofSeconds(6);

  private OperationFigures() {}

  /** Seconds to look at the cost of checks. */
  public static void main(String[] args) throws Exception {
    int seconds = Integer.parseInt(args[0]);
    Path data = Files.createTempDirectory("operation-figures");
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    Process web = web(port, data);
    try (ControlPlane control = new ControlPlane(0);
        Agent agent = TestAgent.start(data, control.port())) {
      Allocation plain = Jobs.allocation("service", Jobs.shell("web", "exec sleep 100000")).build();
      control.send(plain);
      control.awaitStatus(plain.getId(), "running");
      commands(control, plain, false);
      commands(control, plain, true);
      cost("no checks", seconds);
      Allocation checked = checked(port, (int) (1_000 * INTERVAL.toSeconds() / 60));
      control.send(checked);
      control.awaitStatus(checked.getId(), "running");
      cost("1,000 HTTP checks a minute", seconds);
      agent.allocations().interruptAll(Duration.ofSeconds(10));
    } finally {
      web.destroy();
    }
    System.exit(0);
  }

  private static Process web(int port, Path folder) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-m",
            "jdk.httpserver",
            "-p",
            String.valueOf(port),
            "-o",
            "none",
            "-d",
            folder.toString())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static Allocation checked(int port, int checks) {
    Service.Builder service = Service.newBuilder().setName("web").setProvider("nomad");
    for (int i = 0; i < checks; i++) {
      service.addChecks(
          ServiceCheck.newBuilder()
              .setName("check-" + i)
              .setType("http")
              .setPath("/")
              .setPortLabel(String.valueOf(port))
              .setInterval(INTERVAL.toNanos())
              .setTimeout(Duration.ofSeconds(5).toNanos()));
    }
    return Jobs.allocation("service", Jobs.shell("web", "exec sleep 100000").addServices(service))
        .build();
  }

  private static void commands(ControlPlane control, Allocation allocation, boolean tty) {
    List<Long> micros = new ArrayList<>();
    for (int i = 0; i < COMMANDS; i++) {
      long before = System.nanoTime();
      var call =
          control.ask(
              ClientRequest.newBuilder()
                  .setAllocId(allocation.getId())
                  .setCredit(1 << 20)
                  .setExec(Exec.newBuilder().setTask("web").addCommand("true").setTty(tty))
                  .build());
      call.awaitFrames(frames -> !frames.isEmpty() && frames.getLast().getExec().hasExitCode());
      micros.add((System.nanoTime() - before) / 1_000);
      call.awaitEnd();
    }
    List<Long> sorted = micros.stream().sorted().toList();
    System.out.printf(
        "exec of true, %s: median %.1f ms, longest %.1f ms%n",
        tty ? "with a terminal" : "without one",
        sorted.get(COMMANDS / 2) / 1e3,
        sorted.getLast() / 1e3);
  }

  private static void cost(String what, int seconds) {
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    LockSupport.parkNanos(Duration.ofSeconds(15).toNanos());
    long before = system.getProcessCpuTime();
    long began = System.nanoTime();
    LockSupport.parkNanos(Duration.ofSeconds(seconds).toNanos());
    System.out.printf(
        "%s: %.2f %% of a core%n",
        what, 100.0 * (system.getProcessCpuTime() - before) / (System.nanoTime() - began));
  }
}
