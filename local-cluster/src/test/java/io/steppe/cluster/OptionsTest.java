package io.steppe.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class OptionsTest {

  @Test
  void hasDefaults() {
    Options options = parse("--data-dir", "d", "--name", "box");
    assertEquals(4646, options.httpPort());
    assertEquals(1, options.agents());
    assertEquals("global", options.region());
    assertEquals("dc1", options.datacenter());
    assertEquals("info", options.logLevel());
    assertEquals(Optional.empty(), options.database());
    assertEquals(Path.of("d").toAbsolutePath(), options.data().root());
    for (Component component : Component.values()) {
      assertEquals(1, options.count(component));
    }
    assertEquals(List.of("box", "box-1"), List.of(options.nodeName(0), options.nodeName(1)));
  }

  @Test
  void takesEveryOptionInBothForms() {
    Options options =
        parse(
            "--data-dir=d",
            "--http-port=5000",
            "--agents",
            "0",
            "--replicas",
            "node-service=2",
            "--replicas=alloc-service=3",
            "--region",
            "eu",
            "--datacenter=dc-2",
            "--log-level",
            "DEBUG",
            "--native");
    assertEquals(5000, options.httpPort());
    assertEquals(0, options.count(Component.NODE_AGENT));
    assertEquals(2, options.count(Component.NODE_SERVICE));
    assertEquals(3, options.count(Component.ALLOC_SERVICE));
    assertEquals("eu", options.region());
    assertEquals("dc-2", options.datacenter());
    assertEquals("debug", options.logLevel());
    assertTrue(options.nativeImages());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--http-port 0",
        "--http-port 65536",
        "--agents -1",
        "--agents 101",
        "--replicas node-service=0",
        "--replicas node-agent=2",
        "--replicas nope=2",
        "--log-level loud",
        "--region a/b",
        "--datacenter *",
        "--name a$b",
        "--database mysql://x/y",
        "--database postgresql://host"
      })
  void refusesWhatMakesNoSense(String arguments) {
    String[] all = ("--data-dir d " + arguments).split(" ", -1);
    StartFailure failure = assertThrows(StartFailure.class, () -> parse(all));
    assertEquals(1, failure.getMessage().lines().count());
  }

  @Test
  void readsDatabaseUrls() {
    DatabaseUrl url =
        DatabaseUrl.parse("postgresql://me:p%40ss+w@db.example:6000/steppe?sslmode=require");
    assertEquals("db.example", url.host());
    assertEquals(6000, url.port());
    assertEquals("steppe", url.database());
    assertEquals(Optional.of("me"), url.user());
    assertEquals(Optional.of("p@ss+w"), url.password());
    assertEquals("postgresql://db.example:6000/steppe?sslmode=require", url.withoutUser());
    assertEquals(5432, DatabaseUrl.parse("postgres://h/d").port());
    assertEquals(Optional.empty(), DatabaseUrl.parse("postgres://h/d").user());
  }

  private static Options parse(String... arguments) {
    UpCommand command = new UpCommand();
    new CommandLine(command).parseArgs(arguments);
    return command.options();
  }
}
