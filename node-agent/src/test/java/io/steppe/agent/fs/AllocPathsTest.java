package io.steppe.agent.fs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllocPathsTest {
  private static final String ESCAPES = "Path escapes the alloc directory";

  @TempDir Path folder;

  private Path root;
  private AllocPaths paths;

  @BeforeEach
  void make() throws IOException {
    root = Files.createDirectories(folder.toRealPath().resolve("allocs/one"));
    Files.createDirectories(root.resolve("alloc/logs"));
    Files.createDirectories(root.resolve("task/local"));
    Files.createDirectories(root.resolve("task/secrets"));
    Files.createDirectories(root.resolve("other/secrets"));
    Files.writeString(root.resolve("task/local/file"), "x");
    Files.writeString(root.resolve("task/secrets/token"), "s");
    Files.writeString(root.resolve("other/secrets/token"), "s");
    Files.createDirectories(root.resolveSibling("one-more"));
    Files.writeString(root.resolveSibling("one-more").resolve("file"), "y");
    Files.writeString(folder.resolve("outside"), "z");
    Files.createSymbolicLink(root.resolve("task/local/out"), folder.resolve("outside"));
    Files.createSymbolicLink(root.resolve("task/local/up"), Path.of("../../.."));
    Files.createSymbolicLink(root.resolve("task/local/in"), Path.of("file"));
    Files.createDirectories(folder.resolve("etc"));
    Files.writeString(folder.resolve("etc/passwd"), "z");
    Files.createSymbolicLink(root.resolve("task/local/etc"), folder.resolve("etc"));
    Files.createSymbolicLink(root.resolve("task/local/loop"), Path.of("loop"));
    Files.createSymbolicLink(root.resolve("task/local/dangling"), Path.of("nowhere"));
    Files.createSymbolicLink(
        root.resolve("task/local/theirs"), Path.of("../../other/secrets/token"));
    Files.createSymbolicLink(root.resolve("task/local/hidden"), Path.of("../../other/secrets"));
    paths = new AllocPaths(root);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "..",
        "../..",
        "../../../etc/passwd",
        "/../..",
        "//..",
        "task/../../one-more/file",
        "../one-more/file",
        "alloc/../../..",
        "task/local/out",
        "task/local/up",
        "task/local/up/one-more/file",
        "task/local/etc/passwd",
        "task/local/etc/no-such-file",
        "task/local/up/no-such-file",
        "./../x",
        "task/local/./../../.."
      })
  void nothingLeadsOut(String path) {
    Failure failure = assertThrows(Failure.class, () -> paths.readable(path, "open"));
    assertEquals(ESCAPES, failure.getMessage());
    assertEquals(Kind.INVALID, failure.kind());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "task/secrets/token",
        "/task/secrets/token",
        "task/local/../secrets/token",
        "other/secrets/token",
        "task/local/theirs",
        "task/local/hidden/token"
      })
  void secretsAreNotRead(String path) {
    Failure failure = assertThrows(Failure.class, () -> paths.readable(path, "open"));
    assertEquals("Reading secret file prohibited: " + path, failure.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"nope.txt", "/nope.txt", "alloc/nope/deeper", "task/local/dangling"})
  void whatIsNotThereIsNotFound(String path) {
    Failure failure = assertThrows(Failure.class, () -> paths.resolve(path, "stat"));
    assertEquals(Kind.NOT_FOUND, failure.kind());
    assertEquals(
        "stat " + root.resolve(path.replaceFirst("^/", "")) + ": no such file or directory",
        failure.getMessage());
  }

  @Test
  void aNulIsToldApart() {
    Failure failure = assertThrows(Failure.class, () -> paths.resolve("a\0b", "stat"));
    assertEquals(
        "Failed to check if path escapes alloc directory: lstat "
            + root
            + "/a\\u0000b: invalid argument",
        failure.getMessage());
  }

  @Test
  void aLoopOfLinksIsRefused() {
    assertEquals(
        Kind.INVALID,
        assertThrows(Failure.class, () -> paths.readable("task/local/loop", "open")).kind());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        ".",
        "alloc",
        "/alloc/logs/",
        "task/local/file",
        "task/./local//file",
        "task/local/../local/file",
        "task/local/in"
      })
  void whatIsInsideIsFound(String path) {
    assertEquals(true, paths.readable(path, "open").startsWith(root));
  }
}
