package io.steppe.bench.events;

import io.steppe.bench.load.Processes;
import io.steppe.bench.load.Processes.Cost;
import io.steppe.json.Json;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.JobRegisterRequest;
import io.steppe.proto.v1.JobRegisterResponse;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskGroup;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Makes evaluations on a running cluster while many clients read them as events, and says how old
 * the events were when their lines came, and whether all came.
 */
@Command(
    name = "event-load",
    sortOptions = false,
    usageHelpWidth = 110,
    description = "Measures event streams of a running cluster with many subscribers.")
public final class EventLoad implements Callable<Integer> {
  private static final int EVENTS_A_CALL = 2;
  private static final int IN_FLIGHT = 200;

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

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** Measures once. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new EventLoad()).execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    long first = register() + 1;
    String path = "/v1/event/stream?topic=Evaluation:event-load&index=" + first;
    try (Readers readers = new Readers(port, path, subscribers, measuring)) {
      await("every subscriber was answered", () -> min(readers.bytes()) > 0);
      print("%d subscribers", subscribers);
      int warm = evaluate(warmUp);
      settle(readers);
      int skipped = readers.measured().getFirst().nanos().size();
      Map<String, Cost> before = costs();
      long start = System.nanoTime();
      int calls = evaluate(seconds);
      double took = (System.nanoTime() - start) / 1e9;
      Map<String, Double> percent =
          Processes.cpuPercent(before, costs(), Duration.ofNanos(System.nanoTime() - start));
      settle(readers);
      report(readers, skipped, calls, took);
      percent.forEach((name, cpu) -> print("%s: %.0f %% of a core", name, cpu));
      print("%d evaluations before that", warm);
    }
    return CommandLine.ExitCode.OK;
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

  /** A job without allocations, whose evaluations are events and nothing else. */
  private long register() throws IOException, InterruptedException {
    Job job =
        Job.newBuilder()
            .setId("event-load")
            .setName("event-load")
            .setType("service")
            .addDatacenters("*")
            .addTaskGroups(
                TaskGroup.newBuilder()
                    .setName("none")
                    .setCount(0)
                    .addTasks(Task.newBuilder().setName("none").setDriver("mock_driver")))
            .build();
    byte[] body = Json.write(JobRegisterRequest.newBuilder().setJob(job).build());
    HttpResponse<byte[]> answer = client.send(put("/v1/jobs", body), BodyHandlers.ofByteArray());
    if (answer.statusCode() != 200) {
      throw new IOException("registration: " + answer.statusCode());
    }
    return Json.read(answer.body(), JobRegisterResponse.getDefaultInstance()).getJobModifyIndex();
  }

  /** Makes evaluations at the rate; gives how many. */
  private int evaluate(int seconds) throws InterruptedException {
    int calls = rate * seconds / EVENTS_A_CALL;
    long gap = TimeUnit.SECONDS.toNanos(1) * EVENTS_A_CALL / rate;
    Semaphore free = new Semaphore(IN_FLIGHT);
    AtomicInteger failed = new AtomicInteger();
    byte[] body = "{\"JobID\":\"event-load\"}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    HttpRequest request = put("/v1/job/event-load/evaluate", body);
    long start = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      long wait = start + i * gap - System.nanoTime();
      if (wait > 0) {
        TimeUnit.NANOSECONDS.sleep(wait);
      }
      free.acquire();
      client
          .sendAsync(request, BodyHandlers.discarding())
          .whenComplete(
              (answer, error) -> {
                free.release();
                if (error != null || answer.statusCode() != 200) {
                  failed.incrementAndGet();
                }
              });
    }
    free.acquire(IN_FLIGHT);
    if (failed.get() > 0) {
      print("%d calls failed", failed.get());
    }
    return calls - failed.get();
  }

  private HttpRequest put(String path, byte[] body) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .PUT(BodyPublishers.ofByteArray(body))
        .build();
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
    boolean holds();
  }

  private static void await(String what, Condition condition) throws InterruptedException {
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
