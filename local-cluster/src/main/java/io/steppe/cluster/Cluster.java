package io.steppe.cluster;

import java.io.IOException;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * One cluster on this machine: starts its processes in order, watches them, stops them in the
 * opposite order.
 */
public final class Cluster {
  /** Name of the launcher itself in {@code ps}. */
  public static final String LAUNCHER = "launcher";

  static final String DATABASE = "steppe";
  private static final Duration READY_WITHIN = Duration.ofMinutes(3);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(150);
  private static final Duration RENEW_EVERY = Duration.ofHours(1);
  private static final int HOPELESS = 6;
  private static final long LOG_BOUND = 16L << 20;

  private final Options options;
  private final DataFolder folder;
  private final Console console;
  private final boolean again;
  private final List<Keeper> keepers = new ArrayList<>();
  private final CountDownLatch stopAsked = new CountDownLatch(1);
  private FileLock lock;
  private boolean stopping;

  /**
   * @param again whether this launcher continues the run of one that was killed
   */
  public Cluster(Options options, Console console, boolean again) {
    this.options = options;
    this.folder = options.data();
    this.console = console;
    this.again = again;
  }

  /** Takes the data folder; false when another launcher holds it. */
  public boolean take() {
    Optional<FileLock> taken = folder.lock();
    taken.ifPresent(
        l -> {
          lock = l;
          new RunFile(LAUNCHER, 0, ProcessId.current(), "-", "-").write(folder.run());
        });
    return taken.isPresent();
  }

  /** Starts or adopts every process and returns when a job could run. */
  public void start() throws Exception {
    if (!again) {
      Files.deleteIfExists(folder.readyMark());
    }
    List<RunFile> left =
        RunFile.alive(folder.run()).stream().filter(f -> !f.name().equals(LAUNCHER)).toList();
    boolean anew = left.isEmpty();
    if (!anew) {
      console.say(
          "The launcher was killed; taking over %d running processes".formatted(left.size()));
    }
    requireHttpPort(left);
    options.certificates().ifPresent(LocalCertificates::make);
    Ports ports = new Ports(folder, folder.root().hashCode(), Ports::isFree);
    Optional<Postgres> postgres =
        options.database().isPresent() ? Optional.empty() : Optional.of(embedded(ports, left));
    DatabaseUrl url = options.database().orElseGet(() -> urlOf(postgres.orElseThrow()));
    Programs programs = new Programs(options, ports, url, java(), memoryMiB());
    List<Program> all = programs.all();
    stopSurplus(left, all);
    all.forEach(program -> makeFolder(program.folder()));

    // What may turn out to be impossible comes before anything runs.
    boolean first = postgres.isPresent() && !postgres.get().hasData();
    if (postgres.isPresent()) {
      postgres.get().requireRights();
    } else {
      console.say(
          "Preparing the database %s:%d/%s".formatted(url.host(), url.port(), url.database()));
      bootstrap(url);
    }
    if (anew) {
      String agents = options.agents() == 1 ? "1 agent" : options.agents() + " agents";
      console.say("Starting PostgreSQL, the services and " + agents);
    }
    // Services wait for a database that starts beside them, but not for one that is being made.
    all.stream()
        .filter(p -> !first || !usesDatabase(p))
        .forEach(p -> keep(p, Keeper.Readying.NOTHING));
    if (postgres.isPresent()) {
      startPostgres(postgres.get());
      bootstrap(url);
    }
    all.stream()
        .filter(p -> first && usesDatabase(p))
        .forEach(p -> keep(p, Keeper.Readying.NOTHING));
    awaitReady(programs);
    if (!Files.exists(folder.readyMark())) {
      DataFolder.write(folder.readyMark(), "", "rw-r--r--");
      Greeting.lines(options).forEach(console::say);
    } else {
      console.say("Everything runs again");
    }
  }

  /** Returns when the cluster is to stop. */
  public void watch() throws InterruptedException {
    BoundedLogs logs = new BoundedLogs(folder.logs(), LOG_BOUND);
    long looked = System.nanoTime();
    while (!stopAsked.await(5, TimeUnit.SECONDS)) {
      logs.trim();
      if (System.nanoTime() - looked > RENEW_EVERY.toNanos()) {
        looked = System.nanoTime();
        renewCertificates();
      }
    }
  }

  /** Processes take new files by themselves. */
  private void renewCertificates() {
    try {
      if (options.certificates().filter(LocalCertificates::make).isPresent()) {
        console.say("Certificates were renewed");
      }
    } catch (StartFailure e) {
      console.complain(e.getMessage());
    }
  }

  /** Stops everything, agents with their tasks first, PostgreSQL last. */
  public void stop() throws InterruptedException {
    List<Keeper> running;
    synchronized (keepers) {
      stopping = true;
      running = List.copyOf(keepers);
    }
    stopAsked.countDown();
    for (String name : stopOrder()) {
      List<Keeper> group = running.stream().filter(k -> k.program().name().equals(name)).toList();
      if (!group.isEmpty()) {
        console.say(
            "Stopping "
                + name
                + (name.equals(Component.NODE_AGENT.label()) ? " and its tasks" : ""));
      }
      inParallel(group.stream().<Stopping>map(k -> k::stop).toList());
    }
    forgetRun();
    try {
      Files.deleteIfExists(folder.readyMark());
    } catch (IOException e) {
      console.complain("Cannot delete " + folder.readyMark() + ": " + e.getMessage());
    }
    if (!running.isEmpty()) {
      console.say("Steppe has stopped");
    }
  }

  /** Gives the data folder back. */
  public void forgetRun() {
    RunFile.read(folder.run(), LAUNCHER, 0)
        .filter(f -> f.id().equals(ProcessId.current()))
        .ifPresent(f -> f.forget(folder.run()));
  }

  /**
   * Stops what a killed launcher left, in the same order; for {@code down} when no launcher runs.
   */
  public static void stopLeft(DataFolder folder, List<RunFile> left, Console console)
      throws InterruptedException {
    for (String name : stopOrder()) {
      List<Stopping> group = new ArrayList<>();
      for (RunFile file : left) {
        if (file.name().equals(name)) {
          group.add(
              () -> {
                Keeper.end(file, stopOf(name), console);
                file.forget(folder.run());
              });
        }
      }
      inParallel(group);
    }
  }

  private static Program.Stop stopOf(String name) {
    return Component.named(name)
        .map(c -> new Program.Stop("TERM", c.stopSeconds()))
        .orElse(new Program.Stop("INT", 30));
  }

  private static List<String> stopOrder() {
    List<String> order = new ArrayList<>();
    order.add(Component.NODE_AGENT.label());
    order.add(Component.API_GATEWAY.label());
    order.add(Component.ALLOC_SERVICE.label());
    order.add(Component.NODE_SERVICE.label());
    order.add(Component.EVENT_SERVICE.label());
    order.add(Postgres.NAME);
    return order;
  }

  @FunctionalInterface
  private interface Stopping {
    void run() throws InterruptedException;
  }

  private static void inParallel(List<Stopping> tasks) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (Stopping task : tasks) {
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      task.run();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void requireHttpPort(List<RunFile> left) {
    String gateway = Component.API_GATEWAY.label();
    boolean ours =
        left.stream()
            .anyMatch(
                f ->
                    f.name().equals(gateway)
                        && List.of(f.ports().split(","))
                            .contains(Integer.toString(options.httpPort())));
    if (!ours && !Ports.isFree(options.httpPort())) {
      throw new StartFailure(
          "Port %d is in use: give another --http-port".formatted(options.httpPort()));
    }
  }

  private Postgres embedded(Ports ports, List<RunFile> left) throws InterruptedException {
    boolean held = left.stream().anyMatch(f -> f.name().equals(Postgres.NAME));
    return new Postgres(
        folder,
        PostgresBinaries.unpacked(binariesFolder()),
        ports.port(Postgres.NAME + "-0.sql", held));
  }

  /** Shared by the clusters of one user; beside the data where the user has no home to write to. */
  private Path binariesFolder() {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path base =
        cache != null && cache.startsWith("/")
            ? Path.of(cache)
            : Path.of(System.getProperty("user.home"), ".cache");
    Path shared = base.resolve("steppe");
    try {
      Files.createDirectories(shared);
      return Files.isWritable(shared) ? shared : folder.root().resolve("cache");
    } catch (IOException noHome) {
      return folder.root().resolve("cache");
    }
  }

  private DatabaseUrl urlOf(Postgres postgres) {
    return new DatabaseUrl(
        "127.0.0.1",
        postgres.port(),
        DATABASE,
        Optional.of(Postgres.SUPERUSER),
        Optional.of(folder.secret(Postgres.SUPERUSER)),
        Optional.empty());
  }

  private void startPostgres(Postgres postgres) throws InterruptedException {
    if (!postgres.hasData()) {
      console.say("Making a PostgreSQL database in " + folder.postgres());
    }
    postgres.prepare();
    Keeper keeper = keep(postgres.program(), postgres::awaitOrphansGone);
    Bootstrap server = new Bootstrap(urlOf(postgres).withDatabase("postgres"));
    await(server::accepts, keeper, "PostgreSQL does not start");
    server.createDatabase(DATABASE);
  }

  private void bootstrap(DatabaseUrl url) {
    Map<String, String> passwords = new LinkedHashMap<>();
    for (Component component : Component.values()) {
      if (component.usesDatabase()) {
        String role = Programs.role(component);
        passwords.put(role, folder.secret(role));
      }
    }
    new Bootstrap(url).apply(passwords);
  }

  private Keeper keep(Program program, Keeper.Readying readying) {
    Keeper keeper = new Keeper(program, folder.run(), console, readying, again);
    synchronized (keepers) {
      if (stopping) {
        throw new StartFailure("Stopped while starting");
      }
      keepers.add(keeper);
      keeper.start();
    }
    return keeper;
  }

  /** Processes of a run with more replicas or other executables are of no use to this one. */
  private void stopSurplus(List<RunFile> left, List<Program> wanted) throws InterruptedException {
    Set<String> labels = new HashSet<>(wanted.stream().map(Program::label).toList());
    if (options.database().isEmpty()) {
      labels.add(Postgres.NAME + "-0");
    }
    for (RunFile file : left) {
      if (!labels.contains(file.name() + "-" + file.replica())) {
        Keeper.end(file, stopOf(file.name()), console);
        file.forget(folder.run());
      }
    }
  }

  private void awaitReady(Programs programs) throws InterruptedException {
    Readiness readiness = new Readiness(options.certificates().map(LocalCertificates::trusting));
    for (Component component : Component.values()) {
      int count = options.count(component);
      for (int replica = 0; component != Component.NODE_AGENT && replica < count; replica++) {
        int port = programs.httpPort(component, replica);
        await(
            () ->
                component == Component.API_GATEWAY ? readiness.isOpen(port) : readiness.isUp(port),
            null,
            component.label() + "-" + replica + " does not get ready");
      }
    }
    Set<String> nodes =
        new HashSet<>(IntStream.range(0, options.agents()).mapToObj(options::nodeName).toList());
    if (options.count(Component.API_GATEWAY) > 0) {
      List<Integer> agents =
          IntStream.range(0, options.agents())
              .mapToObj(replica -> programs.httpPort(Component.NODE_AGENT, replica))
              .toList();
      await(
          () ->
              options.security().acl()
                  ? readiness.takesJobs(options.httpPort(), agents)
                  : readiness.takesJobs(options.httpPort(), nodes),
          null,
          "the nodes do not get ready");
    }
  }

  private void await(BooleanSupplier condition, Keeper only, String failure)
      throws InterruptedException {
    long deadline = System.nanoTime() + READY_WITHIN.toNanos();
    while (!condition.getAsBoolean()) {
      if (stopAsked.await(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new StartFailure("Stopped while starting");
      }
      requireHope(only);
      if (System.nanoTime() > deadline) {
        throw new StartFailure(
            "%s within %d s: see %s".formatted(failure, READY_WITHIN.toSeconds(), folder.logs()));
      }
    }
  }

  private void requireHope(Keeper only) {
    List<Keeper> watched;
    synchronized (keepers) {
      watched = only == null ? List.copyOf(keepers) : List.of(only);
    }
    for (Keeper keeper : watched) {
      // A cluster that ran goes on trying; one that never ran tells its person.
      if (keeper.quickDeaths() >= HOPELESS && !Files.exists(folder.readyMark())) {
        throw new StartFailure(
            "%s keeps dying: see %s".formatted(keeper.program().label(), keeper.program().log()));
      }
    }
  }

  private static boolean usesDatabase(Program program) {
    return Component.named(program.name()).map(Component::usesDatabase).orElse(false);
  }

  private static void makeFolder(Path path) {
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw new StartFailure("Cannot make " + path + ": " + e.getMessage(), e);
    }
  }

  private static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  private static long memoryMiB() {
    var os =
        (com.sun.management.OperatingSystemMXBean)
            java.lang.management.ManagementFactory.getOperatingSystemMXBean();
    return os.getTotalMemorySize() >> 20;
  }
}
