package io.steppe.agent.fs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AllocFolderTest {
  private static final String ESCAPES = "Path escapes the alloc directory";

  @TempDir Path folder;

  private Path root;
  private FileThreads threads;
  private AllocFolder files;

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
    Files.createSymbolicLink(root.resolve("task/local/mine"), Path.of("../secrets/token"));
    Files.createSymbolicLink(root.resolve("task/local/shared"), root.resolve("alloc/logs"));
    Files.createSymbolicLink(root.resolve("alloc/data"), Path.of("../task/local/file"));
    Files.createDirectories(root.resolve("task/private"));
    Files.writeString(root.resolve("task/private/key"), "s");
    Files.createSymbolicLink(root.resolve("task/local/hidden"), Path.of("../../other/secrets"));
    threads = new FileThreads(Duration.ofMillis(500));
    files = new AllocFolder(root, threads);
  }

  @AfterEach
  void end() {
    threads.close();
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
        "task/local/./../../..",
        "task/local/theirs",
        "task/local/hidden/token",
        "alloc/data"
      })
  void nothingLeadsOut(String path) {
    Failure failure = assertThrows(Failure.class, () -> files.open(path));
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
        "task/local/mine",
        "task/private/key"
      })
  void secretsAreNotRead(String path) {
    Failure failure = assertThrows(Failure.class, () -> files.open(path));
    assertEquals("Reading secret file prohibited: " + path, failure.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"nope.txt", "/nope.txt", "alloc/nope/deeper", "task/local/dangling"})
  void whatIsNotThereIsNotFound(String path) {
    Failure failure = assertThrows(Failure.class, () -> files.describe(path));
    assertEquals(Kind.NOT_FOUND, failure.kind());
    assertEquals(
        "stat " + root.resolve(path.replaceFirst("^/", "")) + ": no such file or directory",
        failure.getMessage());
  }

  @Test
  void aNulIsToldApart() {
    Failure failure = assertThrows(Failure.class, () -> files.describe("a\0b"));
    assertEquals(
        "Failed to check if path escapes alloc directory: lstat "
            + root
            + "/a\\u0000b: invalid argument",
        failure.getMessage());
  }

  @Test
  void aLoopOfLinksIsRefused() {
    assertEquals(
        Kind.INVALID, assertThrows(Failure.class, () -> files.open("task/local/loop")).kind());
  }

  @ParameterizedTest
  @ValueSource(strings = {"task/secrets", "task/private", "task/local/../secrets"})
  void namesOfSecretsAreNotListed(String path) throws Exception {
    assertEquals(
        "Reading secret file prohibited: " + path,
        assertThrows(Failure.class, () -> files.list(path)).getMessage());
    assertTrue(files.describe(path).getIsDir());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", ".", "alloc", "/alloc/logs/", "task/local/shared"})
  void foldersInsideAreListed(String path) throws Exception {
    assertTrue(files.describe(path).getIsDir());
    assertEquals(path.length() < 2, files.list(path).size() == 3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "task/local/file",
        "task/./local//file",
        "task/local/../local/file",
        "task/local/in"
      })
  void whatIsInsideIsRead(String path) throws Exception {
    try (OpenFile open = files.open(path)) {
      assertEquals("x", open.read(0, 10).toStringUtf8());
    }
  }

  @Test
  void noThreadIsLostToPipes() throws Exception {
    Path pipe = root.resolve("task/local/pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    assertEquals(
        "file \"task/local/pipe\" is not a regular file",
        assertThrows(Failure.class, () -> files.open("task/local/pipe")).getMessage());
    assertEquals("p", files.describe("task/local/pipe").getFileMode().substring(0, 1));
    for (int i = 0; i < 100; i++) {
      assertThrows(Failure.class, () -> files.open("task/local/pipe/below"));
    }
    assertEquals("x", read("task/local/file"));
  }

  @Test
  void aTaskThatExchangesFilesWhileTheyAreReadShowsNothingFromOutside() throws Exception {
    Path swapped = root.resolve("task/local/swapped");
    Path folderSwapped = root.resolve("task/local/folder");
    AtomicBoolean going = new AtomicBoolean(true);
    Thread task =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    while (going.get()) {
                      place(swapped, at -> Files.writeString(at, "x"));
                      place(folderSwapped, at -> Files.createSymbolicLink(at, Path.of(".")));
                      place(swapped, at -> Files.createSymbolicLink(at, folder.resolve("outside")));
                      place(
                          swapped, at -> Files.createSymbolicLink(at, Path.of("../secrets/token")));
                      place(
                          folderSwapped, at -> Files.createSymbolicLink(at, folder.resolve("etc")));
                      place(swapped, at -> Files.createSymbolicLink(at, Path.of("file")));
                      place(folderSwapped, at -> Files.createSymbolicLink(at, folder));
                    }
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                });
    int read = 0;
    int refused = 0;
    try {
      for (int i = 0; i < 5_000; i++) {
        String path =
            switch (i % 3) {
              case 0 -> "task/local/swapped";
              case 1 -> "task/local/folder/passwd";
              default -> "task/local/folder/outside";
            };
        try {
          String text = read(path);
          assertTrue(text.equals("x") || text.isEmpty(), text);
          read++;
        } catch (Failure failure) {
          refused++;
        }
      }
    } finally {
      going.set(false);
      task.join();
    }
    assertTrue(read > 0 && refused > 0, read + " read, " + refused + " refused");
  }

  @Test
  void pipesThatTakeAFilesPlaceCostTheirOwnAllocationOnly() throws Exception {
    Path swapped = root.resolve("task/local/swapped");
    Files.writeString(swapped, "x");
    AtomicBoolean going = new AtomicBoolean(true);
    Thread task =
        Thread.ofPlatform()
            .start(
                () -> {
                  Path pipe = root.resolve("task/local/pipe");
                  try {
                    new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
                    while (going.get()) {
                      place(swapped, at -> Files.writeString(at, "x"));
                      place(swapped, at -> Files.createLink(at, pipe));
                    }
                  } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                });
    try {
      long end = System.nanoTime() + Duration.ofSeconds(3).toNanos();
      while (System.nanoTime() < end) {
        try {
          read("task/local/swapped");
        } catch (Failure failure) {
          assertEquals(Kind.INVALID, failure.kind());
        }
      }
    } finally {
      going.set(false);
      task.join();
    }
    AllocFolder other = new AllocFolder(root.resolveSibling("one-more"), threads);
    try (OpenFile open = other.open("file")) {
      assertEquals("y", open.read(0, 10).toStringUtf8());
    }
  }

  private interface Making {
    void at(Path path) throws IOException;
  }

  /** Puts something new in a place, at once. */
  private static void place(Path path, Making making) throws IOException {
    Path next = path.resolveSibling("next");
    Files.deleteIfExists(next);
    making.at(next);
    Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
  }

  private String read(String path) throws Exception {
    try (OpenFile open = files.open(path)) {
      return open.read(0, 100).toStringUtf8();
    }
  }
}
