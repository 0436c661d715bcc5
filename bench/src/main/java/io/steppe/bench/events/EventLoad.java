package io.steppe.bench.events;

import io.steppe.bench.load.Cluster;
import io.steppe.bench.load.MockGroup;
import io.steppe.bench.load.Processes;
import io.steppe.bench.load.Processes.Cost;
import io.steppe.proto.v1.Constraint;
import io.steppe.proto.v1.Job;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Has the jobs on a node evaluated while many clients read the evaluations as events, and says how
 * old the events were when their lines came, and whether all came. An evaluation makes two events:
 * it is made, and it is complete; one where the scheduler is paused.
 */
@Command(
    name = "event-load",
    sortOptions = false,
    usageHelpWidth = 110,
    description = "Measures event streams of a running cluster with many subscribers.")
public final class EventLoad implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--http-port",
      defaultValue = "4646",
      paramLabel = "PORT",
      description = "the cluster's gateway on this machine (${DEFAULT-VALUE})")
  private int port;

  @Option(
      names = "--subscribers",
      defaultValue = "1000",
      paramLabel = "N",
      description = "(${DEFAULT-VALUE})")
  private int subscribers;

  @Option(
      names = "--measuring",
      defaultValue = "20",
      paramLabel = "N",
      description = "of them look at each line, the others count bytes (${DEFAULT-VALUE})")
  private int measuring;

  @Option(
      names = "--rate",
      defaultValue = "1000",
      paramLabel = "N",
      description = "events a second (${DEFAULT-VALUE})")
  private int rate;

  @Option(
      names = "--jobs",
      defaultValue = "20",
      paramLabel = "N",
      description = "evaluated with each call (${DEFAULT-VALUE})")
  private int jobs;

  @Option(
      names = "--pause",
      description = "pauses the scheduler meanwhile: the cores are for the events alone")
  private boolean pause;

  @Option(
      names = "--seconds",
      defaultValue = "30",
      paramLabel = "N",
      description = "(${DEFAULT-VALUE})")
  private int seconds;

  @Option(
      names = "--warm-up",
      defaultValue = "5",
      paramLabel = "N",
      description = "seconds at that rate before, which are not measured (${DEFAULT-VALUE})")
  private int warmUp;

  @Option(
      names = "--processes",
      paramLabel = "FILE",
      description = "what `./steppe ps` printed: tells what CPU each process takes meanwhile")
  private Optional<Path> processes = Optional.empty();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "this text")
  private boolean help;

  /** Measures once. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new EventLoad()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (Cluster cluster = new Cluster(URI.create("http://127.0.0.1:" + port))) {
      String node = node(cluster);
      long first = register(cluster, node) + 1;
      String path = "/v1/event/stream?topic=Evaluation&index=" + first;
      try (Readers readers = new Readers(port, path, subscribers, measuring)) {
        await("every subscriber was answered", () -> min(readers.bytes()) > 0);
        print("%d subscribers%s", subscribers, pause ? ", the scheduler paused" : "");
        cluster.pause(pause);
        measure(cluster, node, readers);
        cluster.pause(false);
      }
    }
    return CommandLine.ExitCode.OK;
  }

  private void measure(Cluster cluster, String node, Readers readers)
      throws IOException, InterruptedException {
    evaluate(cluster, node, warmUp);
    settle(readers);
    int skipped = readers.measured().getFirst().nanos().size();
    Map<String, Cost> before = costs();
    long start = System.nanoTime();
    int calls = evaluate(cluster, node, seconds);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    Map<String, Double> percent = Processes.cpuPercent(before, costs(), took);
    settle(readers);
    report(readers, skipped, calls, took.toNanos() / 1e9);
    percent.forEach((name, cpu) -> print("%s: %.0f %% of a core", name, cpu));
  }

  /** CPU of the cluster's processes and of this one. */
  private Map<String, Cost> costs() throws IOException {
    Map<String, Cost> costs = new LinkedHashMap<>();
    if (processes.isPresent()) {
      costs.putAll(Processes.in(processes.get()).costs());
    }
    Duration own = ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    costs.put("this", new Cost(0, own.toNanos() / 1e9));
    return costs;
  }

  private void report(Readers readers, int skipped, int calls, double took) {
    List<MeasuredLines> measured = readers.measured();
    List<Long> indexes = measured.getFirst().indexes();
    boolean inOrder = indexes.stream().sorted().distinct().toList().equals(indexes);
    boolean same = measured.stream().allMatch(one -> one.indexes().equals(indexes));
    long[] nanos =
        measured.stream()
            .flatMap(one -> one.nanos().stream().skip(skipped))
            .mapToLong(Long::longValue)
            .sorted()
            .toArray();
    print(
        "%d calls in %.1f s, %d events read by each: %.0f a second",
        calls, took, nanos.length / measured.size(), nanos.length / measured.size() / took);
    print(
        "from change to line: p50 %.1f ms, p99 %.1f ms, p99.9 %.1f ms, longest %.1f ms",
        percentile(nanos, 0.5),
        percentile(nanos, 0.99),
        percentile(nanos, 0.999),
        percentile(nanos, 1));
    print(
        "%.0f MiB to each; in order: %s; measured clients the same: %s; all clients as many bytes:"
            + " %s",
        readers.bytes().getFirst() / 1048576.0,
        inOrder,
        same,
        min(readers.bytes()) == max(readers.bytes()));
  }

  private String node(Cluster cluster) throws IOException, InterruptedException {
    List<String> nodes = cluster.readyNodes();
    if (nodes.isEmpty()) {
      throw new IOException("The cluster has no node that is ready: start it with an agent");
    }
    return nodes.getFirst();
  }

  /** Jobs with one mock allocation each on a node; the index after which all of them run. */
  private long register(Cluster cluster, String node) throws IOException, InterruptedException {
    long index = 0;
    for (int i = 0; i < jobs; i++) {
      index = cluster.register(job("event-load-" + i, node)).getJobModifyIndex();
    }
    for (int i = 0; i < jobs; i++) {
      String job = "event-load-" + i;
      await(job + " runs", () -> cluster.summary(job).getRunning() == 1);
    }
    return index;
  }

  private static Job job(String id, String node) {
    return Job.newBuilder()
        .setId(id)
        .setName(id)
        .setType("service")
        .addDatacenters("*")
        .addConstraints(
            Constraint.newBuilder()
                .setLTarget("${node.unique.id}")
                .setOperand("=")
                .setRTarget(node))
        .addTaskGroups(MockGroup.of(1))
        .build();
  }

  /** Has all jobs evaluated at the rate; gives how many calls that took. */
  private int evaluate(Cluster cluster, String node, int seconds)
      throws IOException, InterruptedException {
    int events = pause ? jobs : 2 * jobs;
    int calls = rate * seconds / events;
    long gap = TimeUnit.SECONDS.toNanos(1) * events / rate;
    long start = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      long wait = start + i * gap - System.nanoTime();
      if (wait > 0) {
        TimeUnit.NANOSECONDS.sleep(wait);
      }
      cluster.evaluate(node);
    }
    return calls;
  }

  /** Waits until nothing more comes. */
  private static void settle(Readers readers) throws InterruptedException {
    List<Long> before = List.of();
    List<Long> now = readers.bytes();
    while (!now.equals(before)) {
      before = now;
      TimeUnit.MILLISECONDS.sleep(1500);
      now = readers.bytes();
    }
  }

  private interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  private static void await(String what, Condition condition)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.holds()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("Not within 60 s: " + what);
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private static long min(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).min().orElse(0);
  }

  private static long max(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).max().orElse(0);
  }

  private static double percentile(long[] sorted, double part) {
    if (sorted.length == 0) {
      return 0;
    }
    return sorted[(int) Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] / 1e6;
  }

  private void print(String format, Object... values) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(format.formatted(values));
    out.flush();
  }
}
