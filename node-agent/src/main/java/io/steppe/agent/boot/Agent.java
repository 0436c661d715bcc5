package io.steppe.agent.boot;

import io.steppe.agent.alloc.AllocOperations;
import io.steppe.agent.alloc.Allocations;
import io.steppe.agent.alloc.Surroundings;
import io.steppe.agent.check.Checks;
import io.steppe.agent.docker.DockerDriver;
import io.steppe.agent.docker.DockerSettings;
import io.steppe.agent.driver.Driver;
import io.steppe.agent.driver.DriverSettings;
import io.steppe.agent.driver.Drivers;
import io.steppe.agent.exec.ExecCalls;
import io.steppe.agent.fingerprint.DriverWatch;
import io.steppe.agent.fingerprint.Fingerprint;
import io.steppe.agent.fingerprint.LiveNode;
import io.steppe.agent.fingerprint.NodeIdentity;
import io.steppe.agent.fingerprint.NodeSettings;
import io.steppe.agent.fs.FileThreads;
import io.steppe.agent.fs.RequestClerk;
import io.steppe.agent.gc.Collector;
import io.steppe.agent.gc.GcSettings;
import io.steppe.agent.metadata.DynamicMeta;
import io.steppe.agent.operation.OperationClerk;
import io.steppe.agent.session.Answers;
import io.steppe.agent.session.Introduction;
import io.steppe.agent.session.Outbox;
import io.steppe.agent.session.Session;
import io.steppe.agent.session.SessionSettings;
import io.steppe.agent.stats.AllocUsage;
import io.steppe.agent.stats.HostUsage;
import io.steppe.agent.watch.FolderWatch;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.v1.ResolveTokenReply;
import io.steppe.rpc.v1.SignReply.Signed;
import io.steppe.rpc.v1.SignRequest.Wish;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** A whole agent: all its parts put together, without a framework. */
public final class Agent implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Agent.class);
  private static final Duration CLOSE = Duration.ofSeconds(5);
  private static final Duration FILES = Duration.ofSeconds(10);
  private static final List<String> HIDDEN_PREFIXES = List.of("STEPPE_", "QUARKUS_");

  /**
   * @param dataDir where everything is kept
   * @param stopTasks how long tasks may take to end with the agent; zero when they outlive it
   */
  public record Settings(
      Path dataDir,
      NodeSettings node,
      String region,
      SessionSettings session,
      DriverSettings drivers,
      DockerSettings docker,
      GcSettings gc,
      Introduction introduction,
      Duration stopTasks,
      String version) {}

  private final Settings settings;
  private final FileLock lock;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledThreadPoolExecutor timer = timer();
  private final FolderWatch watch;
  private final FileThreads files = new FileThreads(FILES);
  private final List<Driver> drivers;
  private final Allocations allocations;
  private final Answers answers;
  private final Session session;
  private final LiveNode node;
  private final DriverWatch driverWatch;
  private final DynamicMeta meta;
  private final Collector collector;
  private final Checks checks;

  /**
   * Puts an agent together and finds what an earlier one left.
   *
   * @throws IOException when the data folder can't be used, or another agent uses it
   */
  public Agent(Settings settings) throws IOException {
    this.settings = settings;
    Path data = settings.dataDir().toAbsolutePath().normalize();
    Files.createDirectories(data);
    this.lock = lock(data);
    this.watch = new FolderWatch();
    InstantSource clock = InstantSource.system();
    DoubleSupplier random = () -> ThreadLocalRandom.current().nextDouble();
    NodeIdentity identity = NodeIdentity.in(data);
    this.drivers =
        Stream.concat(
                Drivers.of(settings.drivers(), identity.id(), watch, executor, timer, clock)
                    .stream(),
                Stream.of(new DockerDriver(settings.docker(), identity.id(), executor, timer)))
            .toList();
    var fingerprint = new Fingerprint(settings.node(), identity, data, settings.version());
    this.node = new LiveNode(fingerprint.take());
    this.driverWatch = new DriverWatch(drivers, node, executor, timer, clock);
    driverWatch.look();
    this.meta = new DynamicMeta(data, settings.node().meta(), this::label);
    label(meta.all());
    Map<String, Driver> byName = new HashMap<>();
    drivers.forEach(driver -> byName.put(driver.name(), driver));
    var around =
        new Surroundings(
            data.resolve("allocs"),
            data.resolve("state"),
            byName,
            node,
            settings.region(),
            inherited(System.getenv()),
            this::sign,
            watch,
            executor,
            timer,
            clock,
            random);
    Outbox outbox = new Outbox();
    this.checks = new Checks(node, executor, timer, clock, random);
    this.allocations = new Allocations(around, outbox, checks);
    allocations.restore();
    double coreMhz = Double.parseDouble(node.get().getAttributesOrDefault("cpu.frequency", "0"));
    var usage = new HostUsage(around.allocations(), clock, coreMhz);
    this.collector =
        new Collector(settings.gc(), allocations, usage::allocationDisk, executor, timer);
    var clerk =
        new RequestClerk(
            allocations,
            around.allocations(),
            watch,
            files,
            new AllocUsage(clock, coreMhz),
            usage,
            new OperationClerk(
                new AllocOperations(allocations, around),
                collector,
                meta,
                new ExecCalls(allocations),
                checks));
    this.answers = new Answers(clerk, executor);
    this.session =
        new Session(
            settings.session(),
            new Session.Credentials(
                identity.id(), identity.secret(), settings.introduction().in(data)),
            node,
            allocations,
            outbox,
            answers.desk(),
            timer,
            random);
  }

  private List<Signed> sign(List<Wish> wishes) {
    return session.sign(wishes);
  }

  private void label(Map<String, String> labels) {
    node.change(found -> found.toBuilder().clearMeta().putAllMeta(labels).build());
  }

  /** Begins to talk to the control plane. */
  public void start() {
    Node known = node.get();
    LOG.infof(
        "node %s (%s) of datacenter %s starts",
        known.getId(), known.getName(), known.getDatacenter());
    node.listen(session::nodeChanged);
    session.start();
    collector.start();
    driverWatch.start();
  }

  public boolean registered() {
    return session.registered();
  }

  /** Addresses where node-service may be. */
  public List<String> servers() {
    return session.servers();
  }

  /** Dials these from now on, instead of those that were set. */
  public void dial(List<String> addresses) {
    session.dial(addresses);
    LOG.infof("node-service is dialled at %s from now on", addresses);
  }

  public Allocations allocations() {
    return allocations;
  }

  /** Answers what is asked of this node. */
  public Answers answers() {
    return answers;
  }

  /**
   * What a token may do, as the control plane says.
   *
   * @param secret empty for none
   * @throws Failure DENIED for a token that is none, UNAVAILABLE when nobody can be asked
   */
  public ResolveTokenReply resolve(String secret) {
    return session.resolve(secret);
  }

  /**
   * The namespace of an allocation that is here, or that left something; none for one that is not.
   * Of what only its folder is left, nobody knows the namespace: it is empty.
   */
  public Optional<String> namespaceOf(String allocationId) {
    return allocations
        .find(allocationId)
        .map(runner -> runner.allocation().getNamespace())
        .or(() -> left(allocationId) ? Optional.of("") : Optional.empty());
  }

  private boolean left(String allocationId) {
    return Files.isDirectory(
        settings.dataDir().resolve("allocs").resolve(UUID.fromString(allocationId).toString()));
  }

  public Node node() {
    return node.get();
  }

  /** Tasks see the machine's environment, but none of the agent's own settings. */
  private static Map<String, String> inherited(Map<String, String> environment) {
    Map<String, String> inherited = new HashMap<>(environment);
    inherited.keySet().removeIf(name -> HIDDEN_PREFIXES.stream().anyMatch(name::startsWith));
    return inherited;
  }

  private static FileLock lock(Path data) throws IOException {
    FileChannel channel =
        FileChannel.open(data.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw new IOException("another agent uses " + data);
      }
      return lock;
    } catch (OverlappingFileLockException e) {
      throw new IOException("another agent uses " + data, e);
    }
  }

  private static ScheduledThreadPoolExecutor timer() {
    var timer =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name("timer").factory());
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  @Override
  public void close() throws IOException {
    if (!settings.stopTasks().isZero()) {
      LOG.info("stopping all tasks");
      allocations.interruptAll(settings.stopTasks());
    }
    driverWatch.close();
    session.flush(Duration.ofSeconds(1));
    session.close();
    collector.close();
    checks.close();
    allocations.close(CLOSE);
    drivers.forEach(Driver::close);
    watch.close();
    files.close();
    timer.shutdownNow();
    executor.shutdownNow();
    lock.channel().close();
  }
}
