package io.steppe.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DatabaseAddressTest {
  private static final String PLACE = "postgresql://db.example:6432/region";

  private static PgConnectOptions options(String url) {
    return DatabaseAddress.of(url, Optional.empty(), Optional.of("secret"), "steppe_node")
        .options();
  }

  @Test
  void mayCarryItsLogin() {
    assertEquals(
        new DatabaseAddress(PLACE, "me", "my:secret"),
        DatabaseAddress.of(
            "postgresql://me:my:secret@db.example:6432/region",
            Optional.empty(),
            Optional.of(""),
            "steppe_node"));
    PgConnectOptions options =
        new DatabaseAddress("postgresql://me:my%3Asecret@db.example:6432/region", "", "").options();
    assertEquals("me my:secret", options.getUser() + " " + options.getPassword());
  }

  @Test
  void mayHaveItsLoginBeside() {
    DatabaseAddress address =
        DatabaseAddress.of(
            "postgresql://db.example/region",
            Optional.empty(),
            Optional.of("secret"),
            "steppe_node");
    assertEquals("jdbc:postgresql://db.example/region", address.jdbcUrl());
    PgConnectOptions options = address.options();
    assertEquals("db.example:5432", options.getHost() + ":" + options.getPort());
    assertEquals("region", options.getDatabase());
    assertEquals("steppe_node secret", options.getUser() + " " + options.getPassword());
    assertThrows(
        IllegalArgumentException.class,
        () ->
            DatabaseAddress.of(
                "postgresql:///region", Optional.empty(), Optional.empty(), "steppe_node"));
  }

  @Test
  void settingsGoBeforeTheUrlAndTheUrlBeforeTheRole() {
    String url = "postgresql://me:mine@db.example:6432/region";
    Optional<String> none = Optional.empty();
    assertEquals(
        new DatabaseAddress(PLACE, "set", "given"),
        DatabaseAddress.of(url, Optional.of("set"), Optional.of("given"), "steppe_node"));
    assertEquals(
        new DatabaseAddress(PLACE, "me", "given"),
        DatabaseAddress.of(url, none, Optional.of("given"), "steppe_node"));
    assertEquals(
        new DatabaseAddress(PLACE, "me", ""),
        DatabaseAddress.of("postgresql://me@db.example:6432/region", none, none, "steppe_node"));
    assertEquals(
        new DatabaseAddress(PLACE, "steppe_node", ""),
        DatabaseAddress.of(PLACE, none, none, "steppe_node"));
  }

  @Test
  void isProtectedAsItSays() {
    assertEquals(SslMode.DISABLE, options(PLACE).getSslMode());
    assertEquals(SslMode.REQUIRE, options(PLACE + "?sslmode=require").getSslMode());
    PgConnectOptions full = options(PLACE + "?sslmode=verify-full&sslrootcert=/a%20b/ca.pem&a=b");
    assertEquals(SslMode.VERIFY_FULL, full.getSslMode());
    assertEquals("HTTPS", full.getHostnameVerificationAlgorithm());
    assertNull(full.getProperties().get("sslrootcert"));
    assertEquals(
        SslMode.VERIFY_FULL, options(PLACE + "?ssl=true&sslrootcert=/ca.pem").getSslMode());
  }

  @Test
  void saysWhatItLacks() {
    assertEquals(
        "sslmode verify-full needs sslrootcert, the file of the authority's certificate",
        refusal(PLACE + "?sslmode=verify-full"));
    assertEquals("sslmode x is not known", refusal(PLACE + "?sslmode=x"));
  }

  private static String refusal(String url) {
    return assertThrows(IllegalArgumentException.class, () -> options(url)).getMessage();
  }
}
