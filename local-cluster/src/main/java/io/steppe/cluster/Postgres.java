package io.steppe.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The embedded PostgreSQL server: makes its data on first use, says how it is started, and clears
 * away what a killed one left.
 *
 * <p>It writes to disk before it acknowledges ({@code fsync} and {@code synchronous_commit} on):
 * what the cluster promised must survive.
 */
public final class Postgres {
  /** Name in {@code ps} and of its log. */
  public static final String NAME = "postgresql";

  static final String SUPERUSER = "postgres";
  private static final Duration ORPHANS_LEAVE_WITHIN = Duration.ofSeconds(2);

  private final DataFolder folder;
  private final Path home;
  private final int port;
  private final boolean root;

  /**
   * @param home folder with {@code bin/postgres}
   * @param port of 127.0.0.1 to listen on
   */
  public Postgres(DataFolder folder, Path home, int port) {
    this.folder = folder;
    this.home = home;
    this.port = port;
    this.root = isRoot();
  }

  /** Port it listens on. */
  public int port() {
    return port;
  }

  /**
   * Makes the data on first use. A folder that was being made when the launcher was killed is made
   * again.
   */
  public void prepare() throws InterruptedException {
    if (hasData()) {
      return;
    }
    Path data = folder.postgres();
    Path aside = folder.root().resolve("postgresql-making");
    Path password = folder.root().resolve("initdb-password");
    try {
      deleteTree(aside);
      DataFolder.write(password, folder.secret(SUPERUSER) + "\n", "rw-------");
      initialise(aside, password);
      Files.delete(password);
      Files.move(aside, data);
    } catch (IOException e) {
      throw new StartFailure(
          "Cannot make PostgreSQL's data in " + folder.root() + ": " + e.getMessage(), e);
    }
  }

  private void initialise(Path data, Path password) throws IOException, InterruptedException {
    run(
        inside(
            home.resolve("bin/initdb").toString(),
            "--pgdata=" + data,
            "--username=" + SUPERUSER,
            "--pwfile=" + password,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--locale=C.UTF-8",
            "--no-instructions"));
  }

  /** How it is started. */
  public Program program() {
    List<String> command =
        inside(
            home.resolve("bin/postgres").toString(),
            "-D",
            folder.postgres().toString(),
            "-p",
            Integer.toString(port));
    settings().forEach((key, value) -> command.addAll(List.of("-c", key + "=" + value)));
    return new Program(
        NAME,
        0,
        command,
        Map.of(),
        List.of(port),
        folder.log(NAME, 0),
        folder.root(),
        // INT is PostgreSQL's fast shutdown: sessions end, everything is written.
        new Program.Stop("INT", 30));
  }

  private static Map<String, String> settings() {
    return new TreeMap<>(
        Map.ofEntries(
            Map.entry("listen_addresses", "127.0.0.1"),
            Map.entry("unix_socket_directories", ""),
            Map.entry("fsync", "on"),
            Map.entry("synchronous_commit", "on"),
            Map.entry("full_page_writes", "on"),
            Map.entry("shared_buffers", "64MB"),
            Map.entry("max_connections", "200"),
            Map.entry("max_wal_size", "512MB"),
            Map.entry("wal_level", "minimal"),
            Map.entry("max_wal_senders", "0"),
            Map.entry("io_method", "sync"),
            Map.entry("max_parallel_workers_per_gather", "0"),
            Map.entry("jit", "off"),
            Map.entry("huge_pages", "off"),
            Map.entry("log_checkpoints", "off"),
            Map.entry("log_min_messages", "warning")));
  }

  /**
   * Waits until nothing of an earlier server of this data runs, for a new one refuses to share its
   * memory with old backends. They end by themselves when their postmaster is gone; what does not
   * within two seconds is killed. Where there is no {@code /proc} to look at, the new server is
   * left to try until it succeeds.
   */
  public void awaitOrphansGone() throws InterruptedException {
    if (!Files.isDirectory(Path.of("/proc/self"))) {
      return;
    }
    long deadline = System.nanoTime() + ORPHANS_LEAVE_WITHIN.toNanos();
    for (List<ProcessId> left = orphans(); !left.isEmpty(); left = orphans()) {
      if (System.nanoTime() > deadline) {
        left.forEach(ProcessId::kill);
      }
      Thread.sleep(Duration.ofMillis(50));
    }
    try {
      // With no process in the folder the lock is stale, whoever has that pid by now.
      Files.deleteIfExists(folder.postgres().resolve("postmaster.pid"));
    } catch (IOException e) {
      throw new StartFailure(
          "Cannot delete PostgreSQL's stale postmaster.pid: " + e.getMessage(), e);
    }
  }

  /** Every server process works in its data folder. */
  List<ProcessId> orphans() {
    List<ProcessId> found = new ArrayList<>();
    File[] processes =
        new File("/proc").listFiles((dir, name) -> Character.isDigit(name.charAt(0)));
    if (processes == null) {
      return found;
    }
    for (File process : processes) {
      try {
        if (Files.readSymbolicLink(process.toPath().resolve("cwd"))
            .equals(folder.postgres().toRealPath())) {
          ProcessId.of(Long.parseLong(process.getName())).ifPresent(found::add);
        }
      } catch (IOException notOursOrGone) {
        // Neither can be an orphan of ours.
      }
    }
    return found;
  }

  /** PostgreSQL refuses to run as root, so root runs it in a user namespace where it is nobody. */
  private List<String> inside(String... command) {
    List<String> all = new ArrayList<>();
    if (root) {
      all.addAll(List.of("unshare", "-U"));
    }
    all.addAll(List.of(command));
    return all;
  }

  /** Whether there is a database to start. */
  public boolean hasData() {
    return Files.exists(folder.postgres().resolve("PG_VERSION"));
  }

  /** Says so when this user may not run PostgreSQL on this system. */
  public void requireRights() throws InterruptedException {
    if (root) {
      requireUnshare();
    }
  }

  private void requireUnshare() throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder("unshare", "-U", "true").redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      if (process.waitFor() == 0) {
        return;
      }
    } catch (IOException e) {
      throw new StartFailure(UNSHARE_FORBIDDEN, e);
    }
    throw new StartFailure(UNSHARE_FORBIDDEN);
  }

  static final String UNSHARE_FORBIDDEN =
      "PostgreSQL does not run as root, and this system lets root make no user namespace (unshare -U): "
          + "start Steppe as an ordinary user, or give a PostgreSQL by --database";

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private void run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .directory(folder.root().toFile())
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      String last = output.strip().lines().reduce((a, b) -> b).orElse("no output");
      throw new IOException(Path.of(command.get(root ? 2 : 0)).getFileName() + ": " + last);
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (var paths = Files.walk(root)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
