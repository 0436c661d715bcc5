package io.steppe.ledger.testing;

import io.steppe.ledger.LedgerSettings;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/**
 * An embedded PostgreSQL of a test, with roles, schemas and the log's migrations in place. Writes
 * are durable only if asked for; {@link #settings} fits that.
 */
public final class TestDatabase implements AutoCloseable {
  private static final String PASSWORD = "steppe";

  private final Path data;
  private final int port;
  private final boolean durable;
  private EmbeddedPostgres postgres;

  private TestDatabase(Path data, int port, boolean durable) throws IOException {
    this.data = data;
    this.port = port;
    this.durable = durable;
    this.postgres = launch();
  }

  /** A fresh database without fsync, for tests that kill nothing. */
  public static TestDatabase start() {
    return start(false);
  }

  /**
   * A fresh database.
   *
   * @param durable with fsync and synchronous_commit on, as wherever data counts
   */
  public static TestDatabase start(boolean durable) {
    try {
      TestDatabase database =
          new TestDatabase(Files.createTempDirectory("steppe-database"), freePort(), durable);
      database.bootstrap();
      database.migrate("ledger", "io/steppe/ledger/log");
      return database;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private EmbeddedPostgres launch() throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(data)
        .setCleanDataDirectory(false)
        .setPort(port)
        .setServerConfig("fsync", durable ? "on" : "off")
        .setServerConfig("synchronous_commit", durable ? "on" : "off")
        .setServerConfig("max_connections", "200")
        .setPGStartupWait(Duration.ofSeconds(60))
        .start();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /**
   * Speaks TLS from now on, beside plain text.
   *
   * @param certificate PEM
   * @param key PEM
   */
  public void secure(String certificate, String key) {
    try {
      Files.writeString(data.resolve("server.crt"), certificate);
      Path secret = data.resolve("server.key");
      Files.writeString(secret, key);
      Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    execute("alter system set ssl to on");
    restart();
  }

  /** Kills every process of PostgreSQL with SIGKILL. */
  public void crash() {
    try {
      long pid =
          Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).getFirst().strip());
      ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
      List<ProcessHandle> all =
          Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
      all.forEach(ProcessHandle::destroyForcibly);
      all.forEach(process -> process.onExit().join());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it again on what {@link #crash} left. */
  public void restart() {
    try {
      // Stops nothing any more, but lets go of the folder.
      postgres.close();
      postgres = launch();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs Flyway in a schema, as the role that owns it.
   *
   * @param schema ledger, node, alloc or acl
   * @param locations class path folders, such as io/steppe/ledger/schema and db/migration
   */
  public void migrate(String schema, String... locations) {
    Flyway.configure()
        .dataSource(jdbcUrl(), role(schema), PASSWORD)
        .schemas(schema)
        .defaultSchema(schema)
        .placeholders(Map.of("schema", schema))
        .locations(
            Stream.of(locations).map(location -> "classpath:" + location).toArray(String[]::new))
        .load()
        .migrate();
  }

  /**
   * Makes a schema able to commit, with these tables of the log, for tests that have no service's
   * own migrations.
   */
  public void migrateTables(String schema, String... tables) {
    migrate(schema, "io/steppe/ledger/schema");
    for (String table : tables) {
      execute(
          "set role " + role(schema), "select " + schema + ".create_state_table('" + table + "')");
    }
  }

  /** Settings for a ledger that commits to {@code schema} and keeps {@code tables}. */
  public LedgerSettings settings(String schema, String... tables) {
    return LedgerSettings.of(
            url(),
            role(schema),
            PASSWORD,
            schema,
            Set.copyOf(Arrays.asList(tables)),
            "test-" + schema)
        .withDurabilityChecked(durable);
  }

  /** postgresql://host:port/database, without user. */
  public String url() {
    return "postgresql://localhost:" + port + "/postgres";
  }

  public String jdbcUrl() {
    return "jdbc:" + url();
  }

  public int port() {
    return port;
  }

  /** The role that owns a schema; its password is {@link #password}. */
  public static String role(String schema) {
    return "steppe_" + (schema.equals("ledger") ? "event" : schema);
  }

  public static String password() {
    return PASSWORD;
  }

  /** As the superuser. */
  public DataSource superuser() {
    return postgres.getPostgresDatabase();
  }

  /** Runs statements as the superuser, on one connection. */
  public void execute(String... statements) {
    try (Connection connection = superuser().getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      postgres.close();
      try (Stream<Path> files = Files.walk(data)) {
        files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void bootstrap() throws IOException {
    try (InputStream sql = LedgerSettings.class.getResourceAsStream("bootstrap.sql")) {
      execute(new String(sql.readAllBytes(), StandardCharsets.UTF_8));
    }
    for (String schema : new String[] {"ledger", "node", "alloc", "acl"}) {
      execute("alter role " + role(schema) + " password '" + PASSWORD + "'");
    }
  }
}
