package io.steppe.bench.load;

import io.steppe.bench.load.Processes.Cost;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.TaskGroupSummary;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Places one large job of mock tasks on a cluster and says how long it took and what the cluster's
 * processes cost.
 */
@Command(
    name = "load",
    sortOptions = false,
    usageHelpWidth = 110,
    description =
        "Registers a job of many mock allocations on a running cluster with simulated nodes, and measures.")
public final class Load implements Callable<Integer> {
  private static final Duration POLL = Duration.ofMillis(500);

  @Spec private CommandSpec spec;

  @Option(
      names = "--http-port",
      defaultValue = "4646",
      paramLabel = "PORT",
      description = "the cluster's gateway on this machine (${DEFAULT-VALUE})")
  private int httpPort;

  @Option(
      names = "--nodes",
      defaultValue = "1000",
      paramLabel = "N",
      description = "waits for so many nodes to be ready (${DEFAULT-VALUE})")
  private int nodes;

  @Option(
      names = "--allocations",
      defaultValue = "10000",
      paramLabel = "N",
      description = "(${DEFAULT-VALUE})")
  private int allocations;

  @Option(
      names = "--job",
      defaultValue = "load",
      paramLabel = "ID",
      description = "(${DEFAULT-VALUE})")
  private String job;

  @Option(
      names = "--processes",
      paramLabel = "FILE",
      description = "output of ./steppe ps; without it no costs are measured")
  private Optional<Path> processes = Optional.empty();

  @Option(
      names = "--idle",
      defaultValue = "20",
      paramLabel = "SECONDS",
      description = "how long idle costs are measured (${DEFAULT-VALUE})")
  private int idleSeconds;

  @Option(
      names = "--timeout",
      defaultValue = "300",
      paramLabel = "SECONDS",
      description = "for each step (${DEFAULT-VALUE})")
  private int timeoutSeconds;

  @Option(names = "--keep", description = "leaves the job running")
  private boolean keep;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "this text")
  private boolean help;

  private interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  /** Measures once. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Load()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException, TimeoutException {
    try (Cluster cluster = new Cluster(URI.create("http://127.0.0.1:" + httpPort))) {
      long start = System.nanoTime();
      await("nodes are ready", () -> cluster.readyNodes().size() >= nodes);
      print("%d nodes ready after %.1f s", nodes, seconds(start));
      idle("idle, %d nodes".formatted(nodes));
      place(cluster);
      idle("idle, %d nodes and %d allocations".formatted(nodes, allocations));
      read(cluster, "/v1/nodes");
      read(cluster, "/v1/allocations");
      if (!keep) {
        stop(cluster);
      }
    }
    return CommandLine.ExitCode.OK;
  }

  private void place(Cluster cluster) throws IOException, InterruptedException, TimeoutException {
    Map<String, Cost> before = costs();
    long start = System.nanoTime();
    cluster.register(job());
    await("allocations are placed", () -> placed(cluster.summary(job)) >= allocations);
    double placed = seconds(start);
    await("allocations run", () -> cluster.summary(job).getRunning() >= allocations);
    print(
        "%d allocations: placed after %.1f s (%.0f/s), all reported running after %.1f s",
        allocations, placed, allocations / placed, seconds(start));
    Map<String, Cost> after = costs();
    after.forEach(
        (name, cost) ->
            print("  %-24s %6.1f s CPU", name, cost.cpuSeconds() - before.get(name).cpuSeconds()));
  }

  private void idle(String title) throws IOException, InterruptedException {
    if (processes.isEmpty()) {
      return;
    }
    TimeUnit.SECONDS.sleep(Math.min(idleSeconds, 10));
    Map<String, Cost> before = costs();
    long start = System.nanoTime();
    TimeUnit.SECONDS.sleep(idleSeconds);
    Map<String, Cost> after = costs();
    Map<String, Double> cpu =
        Processes.cpuPercent(before, after, Duration.ofNanos(System.nanoTime() - start));
    print("%s, over %d s:", title, idleSeconds);
    after.forEach(
        (name, cost) ->
            print("  %-24s %7.1f MiB %6.2f %% CPU", name, cost.memoryMib(), cpu.get(name)));
    print(
        "  %-24s %7.1f MiB %6.2f %% CPU",
        "together",
        after.values().stream().mapToDouble(Cost::memoryMib).sum(),
        cpu.values().stream().mapToDouble(Double::doubleValue).sum());
  }

  private void read(Cluster cluster, String path) throws IOException, InterruptedException {
    cluster.get(path);
    long start = System.nanoTime();
    byte[] answer = cluster.get(path);
    print(
        "GET %s: %.0f ms, %.1f MiB (the second time)",
        path, seconds(start) * 1000, answer.length / 1048576.0);
  }

  private void stop(Cluster cluster) throws IOException, InterruptedException, TimeoutException {
    long start = System.nanoTime();
    cluster.stop(job);
    await("allocations have ended", () -> active(cluster.summary(job)) == 0);
    print("stopped after %.1f s", seconds(start));
  }

  private Map<String, Cost> costs() throws IOException {
    return processes.isEmpty() ? Map.of() : Processes.in(processes.get()).costs();
  }

  private Job job() {
    return Job.newBuilder()
        .setId(job)
        .setName(job)
        .setType("batch")
        .addDatacenters("*")
        .addTaskGroups(MockGroup.of(allocations))
        .build();
  }

  private static long placed(TaskGroupSummary group) {
    return group.getStarting() + group.getRunning() + group.getComplete() + group.getFailed();
  }

  private static long active(TaskGroupSummary group) {
    return group.getStarting() + group.getRunning();
  }

  private void await(String what, Condition condition)
      throws IOException, InterruptedException, TimeoutException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(timeoutSeconds);
    while (!holds(condition, deadline)) {
      if (System.nanoTime() > deadline) {
        throw new TimeoutException("Not within " + timeoutSeconds + " s: " + what);
      }
      TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
    }
  }

  /** A cluster that is too busy to say counts as not yet, until the deadline. */
  private static boolean holds(Condition condition, long deadline)
      throws IOException, InterruptedException {
    try {
      return condition.holds();
    } catch (IOException e) {
      if (System.nanoTime() > deadline) {
        throw e;
      }
      return false;
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private void print(String format, Object... values) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(format.formatted(values));
    out.flush();
  }
}
