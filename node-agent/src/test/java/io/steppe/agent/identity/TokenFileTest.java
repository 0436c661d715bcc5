package io.steppe.agent.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A task may exchange what lies in its folder; the agent's writes stay in it. */
class TokenFileTest {
  @TempDir Path temporary;
  private Path task;
  private Path outside;

  @BeforeEach
  void layOut() throws IOException {
    task = Files.createDirectories(temporary.resolve("task"));
    Files.createDirectories(task.resolve("secrets"));
    outside = Files.createDirectories(temporary.resolve("outside"));
  }

  @Test
  void replacesWhatIsThere() throws IOException {
    TokenFile.write(task, "secrets/t", "one");
    TokenFile.write(task, "secrets/t", "two");
    assertEquals("two", Files.readString(task.resolve("secrets/t")));
    try (var files = Files.list(task.resolve("secrets"))) {
      assertEquals(1, files.count(), "no draft is left");
    }
  }

  @Test
  void replacesALinkAndNotWhatItLeadsTo() throws IOException {
    Path victim = Files.writeString(outside.resolve("victim"), "mine");
    Files.createSymbolicLink(task.resolve("secrets/t"), victim);
    TokenFile.write(task, "secrets/t", "token");
    assertEquals("mine", Files.readString(victim));
    assertEquals("token", Files.readString(task.resolve("secrets/t")));
  }

  @Test
  void entersNoLink() throws IOException {
    Files.createSymbolicLink(task.resolve("away"), outside);
    assertThrows(IOException.class, () -> TokenFile.write(task, "away/t", "token"));
    assertFalse(Files.exists(outside.resolve("t")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "../t", "secrets/../../t", "secrets/./t", "nowhere/t"})
  void refusesOtherPaths(String path) {
    assertThrows(IOException.class, () -> TokenFile.write(task, path, "token"));
  }
}
