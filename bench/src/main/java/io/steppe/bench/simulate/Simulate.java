package io.steppe.bench.simulate;

import io.steppe.tls.InvalidCertificates;
import io.steppe.tls.Tls;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./steppe simulate}: many nodes in one process, over the agents' own protocol. */
@Command(
    name = "./steppe simulate",
    sortOptions = false,
    usageHelpWidth = 110,
    description =
        "Adds simulated nodes to a running cluster. They register and send heartbeats as agents do, and run tasks of the "
            + "mock_driver (run_for, exit_code, start_error) by saying so. Ctrl-C ends them.")
public final class Simulate implements Callable<Integer> {
  private static final Duration PROGRESS = Duration.ofSeconds(5);

  @Spec private CommandSpec spec;

  @Option(names = "--nodes", required = true, paramLabel = "N", description = "how many")
  private int nodes;

  @Option(
      names = "--http-port",
      defaultValue = "4646",
      paramLabel = "PORT",
      description = "the cluster's gateway on this machine (${DEFAULT-VALUE})")
  private int httpPort;

  @Option(
      names = "--address",
      paramLabel = "URL",
      description = "the cluster's gateway elsewhere (http://gateway:4646)")
  private Optional<URI> address = Optional.empty();

  @ArgGroup(exclusive = false)
  private CertificateOptions certificates;

  @Option(
      names = "--token",
      defaultValue = "${env:NOMAD_TOKEN}",
      paramLabel = "SECRET",
      description = "that may read agents, where tokens are asked for (NOMAD_TOKEN)")
  private Optional<String> token = Optional.empty();

  @Option(
      names = "--region",
      defaultValue = "global",
      paramLabel = "REGION",
      description = "of the cluster, which its certificates name (${DEFAULT-VALUE})")
  private String region;

  @Option(
      names = "--servers",
      paramLabel = "HOST:PORT,...",
      description = "node-service's addresses; asked from the gateway unless given")
  private Optional<String> servers = Optional.empty();

  @Option(
      names = "--prefix",
      defaultValue = "sim",
      paramLabel = "NAME",
      description =
          "begins the nodes' names; the same prefix gives the same nodes again (${DEFAULT-VALUE})")
  private String prefix;

  @Option(
      names = "--first",
      defaultValue = "0",
      paramLabel = "I",
      description =
          "number of the first node, for several simulators of one prefix (${DEFAULT-VALUE})")
  private int first;

  @Option(
      names = "--datacenter",
      defaultValue = "dc1",
      paramLabel = "DC",
      description = "(${DEFAULT-VALUE})")
  private String datacenter;

  @Option(
      names = "--node-pool",
      defaultValue = "default",
      paramLabel = "POOL",
      description = "(${DEFAULT-VALUE})")
  private String pool;

  @Option(
      names = "--class",
      defaultValue = "",
      paramLabel = "CLASS",
      description = "node class (none)")
  private String nodeClass;

  @Option(
      names = "--cpu",
      defaultValue = "8000",
      paramLabel = "MHZ",
      description = "(${DEFAULT-VALUE})")
  private int cpu;

  @Option(
      names = "--memory",
      defaultValue = "16384",
      paramLabel = "MIB",
      description = "(${DEFAULT-VALUE})")
  private int memory;

  @Option(
      names = "--disk",
      defaultValue = "102400",
      paramLabel = "MIB",
      description = "(${DEFAULT-VALUE})")
  private int disk;

  @Option(
      names = "--rate",
      defaultValue = "500",
      paramLabel = "N",
      description = "nodes that dial in a second at the start (${DEFAULT-VALUE})")
  private int rate;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "this text")
  private boolean help;

  private final CountDownLatch end = new CountDownLatch(1);

  /** Runs until interrupted. */
  public static void main(String[] args) {
    // Before the first logger, or the log manager of the libraries complains.
    System.setProperty("java.util.logging.manager", "org.jboss.logmanager.LogManager");
    System.exit(new CommandLine(new Simulate()).execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    if (nodes < 1 || rate < 1) {
      throw new ParameterException(spec.commandLine(), "--nodes and --rate are at least 1");
    }
    Tls tls;
    try {
      tls = certificates == null ? Tls.off() : certificates.read(region);
    } catch (InvalidCertificates e) {
      err().println(e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
    Optional<String> target = servers.isPresent() ? servers : ask(tls);
    if (target.isEmpty()) {
      return CommandLine.ExitCode.SOFTWARE;
    }
    Machine machine = new Machine(datacenter, pool, nodeClass, cpu, memory, disk);
    try (Fleet fleet =
        new Fleet(
            target.get(),
            tls,
            prefix,
            first,
            nodes,
            machine,
            InstantSource.system(),
            RandomGenerator.getDefault())) {
      Thread hook = Thread.ofPlatform().unstarted(() -> stop(fleet));
      Runtime.getRuntime().addShutdownHook(hook);
      out().printf("%d simulated nodes dial %s%n", nodes, target.get());
      fleet.connect(rate);
      watch(fleet);
    }
    return CommandLine.ExitCode.OK;
  }

  /** The signal's thread: says goodbye for every node before the process ends. */
  private void stop(Fleet fleet) {
    end.countDown();
    fleet.close();
  }

  private void watch(Fleet fleet) throws InterruptedException {
    String before = "";
    while (!end.await(PROGRESS.toMillis(), TimeUnit.MILLISECONDS)) {
      Tally tally = fleet.tally();
      String line =
          "connected %d/%d, allocations running %d, started %d, ended %d, sessions lost %d"
              .formatted(
                  tally.connected.get(),
                  fleet.size(),
                  tally.running.get(),
                  tally.started.sum(),
                  tally.ended.sum(),
                  tally.lostSessions.sum());
      if (!line.equals(before)) {
        out().println(line);
        before = line;
      }
    }
  }

  private Optional<String> ask(Tls tls) throws InterruptedException {
    String scheme = tls.certificates().isPresent() ? "https" : "http";
    URI gateway = address.orElse(URI.create(scheme + "://127.0.0.1:" + httpPort));
    try {
      Optional<String> found = new Servers(gateway, tls, token).find();
      if (found.isEmpty()) {
        err().println(gateway + " knows no node-service; name it with --servers");
      }
      return found;
    } catch (IOException e) {
      err()
          .println(
              "no cluster at "
                  + gateway
                  + " ("
                  + e
                  + "); start one with ./steppe up, or name its node-service with --servers");
      return Optional.empty();
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
