package io.steppe.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.UInt64Value;
import io.smallrye.mutiny.vertx.UniHelper;
import io.steppe.authority.Authority;
import io.steppe.authority.Issued;
import io.steppe.authority.Subject;
import io.steppe.ledger.testing.TestDatabase;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Connections to a PostgreSQL with a certificate: of the ledger, and of migrations by JDBC. */
class PostgresTlsTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final Instant NOW = Instant.now();
  private static final Duration DAYS = Duration.ofDays(2);

  @TempDir static Path folder;
  private static TestDatabase database;
  private static Vertx vertx;

  @BeforeAll
  static void start() throws IOException {
    Authority authority = Authority.create("ours", NOW, DAYS);
    Files.writeString(folder.resolve("ours.pem"), authority.pem().certificate());
    Files.writeString(
        folder.resolve("other.pem"), Authority.create("other", NOW, DAYS).pem().certificate());
    Issued server = authority.issue(new Subject("db", List.of("localhost"), List.of()), NOW, DAYS);
    database = TestDatabase.start();
    database.migrateTables("node", "numbers");
    database.secure(server.certificate(), server.key());
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() {
    if (vertx != null) {
      vertx.close();
    }
    if (database != null) {
      database.close();
    }
  }

  private static DatabaseAddress address(String host, String parameters) {
    String url = database.url().replace("localhost", host) + "?" + parameters;
    return DatabaseAddress.of(
        url.replace("sslrootcert=", "sslrootcert=" + folder + "/"),
        Optional.of(TestDatabase.role("node")),
        Optional.of(TestDatabase.password()),
        "steppe_node");
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, sslmode=verify-full&sslrootcert=ours.pem",
    "127.0.0.1, sslmode=verify-ca&sslrootcert=ours.pem",
    "127.0.0.1, sslmode=require",
  })
  void opens(String host, String parameters) throws Exception {
    DatabaseAddress address = address(host, parameters);
    PgConnection reactive =
        UniHelper.toUni(PgConnection.connect(vertx, address.options())).await().atMost(SOON);
    assertTrue(reactive.isSSL());
    reactive.close();
    try (var jdbc =
            DriverManager.getConnection(address.jdbcUrl(), address.user(), address.password());
        var rows =
            jdbc.createStatement()
                .executeQuery("select ssl from pg_stat_ssl where pid = pg_backend_pid()")) {
      assertTrue(rows.next() && rows.getBoolean(1));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, sslmode=verify-full&sslrootcert=other.pem",
    "localhost, sslmode=verify-ca&sslrootcert=other.pem",
    "127.0.0.1, sslmode=verify-full&sslrootcert=ours.pem",
  })
  void refusesWhoIsNotTheDatabase(String host, String parameters) {
    DatabaseAddress address = address(host, parameters);
    assertThrows(
        Exception.class,
        () -> UniHelper.toUni(PgConnection.connect(vertx, address.options())).await().atMost(SOON));
    assertThrows(
        SQLException.class,
        () -> DriverManager.getConnection(address.jdbcUrl(), address.user(), address.password()));
  }

  @Test
  void theLedgerCommitsAndFollowsOverIt() {
    DatabaseAddress address = address("localhost", "sslmode=verify-full&sslrootcert=ours.pem");
    LedgerSettings settings =
        LedgerSettings.of(
                address.url(),
                address.user(),
                address.password(),
                "node",
                Set.of("numbers"),
                "over-tls")
            .withDurabilityChecked(false);
    try (var ledger = PostgresLedger.open(settings, NumbersView.EMPTY)) {
      UInt64Value answer =
          ledger
              .commit(
                  "",
                  UInt64Value.parser(),
                  (view, index, now) ->
                      new Outcome.Commit<>(
                          List.of(Change.put("numbers", "one", UInt64Value.of(1).toByteString())),
                          UInt64Value.of(index)))
              .await()
              .atMost(SOON);
      assertEquals(answer.getValue(), ledger.latest().await().atMost(SOON).index());
      assertEquals(0, sessionsInPlainText("over-tls%"));
    }
  }

  private static int sessionsInPlainText(String name) {
    try (var connection = database.superuser().getConnection();
        var rows =
            connection
                .createStatement()
                .executeQuery(
                    "select count(*) filter (where not s.ssl), count(*)"
                        + " from pg_stat_ssl s join pg_stat_activity a using (pid)"
                        + " where a.application_name like '"
                        + name
                        + "'")) {
      rows.next();
      assertTrue(rows.getInt(2) > 0, "the ledger has sessions");
      return rows.getInt(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
