package io.steppe.agent.docker;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steppe.agent.boot.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An engine for tests: Podman with all that is its own in one folder, and an image made of busybox.
 * Where the machine has no Podman its tests are skipped, and fail where CI is set.
 */
final class Podman implements AutoCloseable {
  static final String IMAGE = "localhost/steppe-test:1";

  private static final Path BUSYBOX = Path.of("/bin/busybox");
  private static final long SECONDS = 120;
  private static final String SETTINGS =
      """
      [engine]
      runtime = "runc"
      cgroup_manager = "cgroupfs"
      events_logger = "file"
      [containers]
      default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
      netns = "host"
      """;

  private final Path folder;
  private final Process service;

  Podman(Path folder) throws Exception {
    this.folder = folder;
    needed();
    Files.writeString(folder.resolve("containers.conf"), SETTINGS);
    Files.writeString(
        folder.resolve("policy.json"), "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}");
    importImage();
    service =
        builder("system", "service", "--time=0", "unix://" + socket())
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    Eventually.holds("podman listens", () -> Files.exists(socket()));
  }

  private static void needed() {
    boolean there =
        List.of("podman", "runc").stream()
                .allMatch(
                    tool ->
                        List.of("/usr/bin", "/usr/sbin", "/usr/local/bin").stream()
                            .anyMatch(place -> Files.isExecutable(Path.of(place, tool))))
            && Files.isExecutable(BUSYBOX);
    if (!there && "true".equals(System.getenv("CI"))) {
      fail("podman, runc and busybox-static are needed");
    }
    assumeTrue(there, "skipped: needs podman, runc and busybox-static");
  }

  private void importImage() throws Exception {
    Path bin = Files.createDirectories(folder.resolve("image/bin"));
    Files.createDirectories(folder.resolve("image/tmp"));
    Files.copy(BUSYBOX, bin.resolve("busybox"));
    bin.resolve("busybox").toFile().setExecutable(true, false);
    for (String applet : List.of("sh", "cat", "echo", "env", "hostname", "id", "ls", "sleep")) {
      Files.createSymbolicLink(bin.resolve(applet), Path.of("busybox"));
    }
    Path tar = folder.resolve("image.tar");
    run(
        new ProcessBuilder(
            "tar", "-cf", tar.toString(), "-C", folder.resolve("image").toString(), "."));
    run(builder("import", tar.toString(), IMAGE));
  }

  Path socket() {
    return folder.resolve("engine.sock");
  }

  private ProcessBuilder builder(String... arguments) {
    List<String> line =
        new ArrayList<>(
            List.of(
                "podman",
                "--root",
                folder.resolve("root").toString(),
                "--runroot",
                folder.resolve("run").toString(),
                "--tmpdir",
                folder.resolve("tmp").toString(),
                "--storage-driver=vfs"));
    line.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.environment().put("CONTAINERS_CONF", folder.resolve("containers.conf").toString());
    return builder;
  }

  private static void run(ProcessBuilder builder) throws IOException, InterruptedException {
    Process process = builder.redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException(builder.command() + ": " + said);
    }
  }

  /** Removes all containers, and ends. */
  @Override
  public void close() throws Exception {
    run(builder("rm", "--all", "--force", "--time=0"));
    service.destroy();
    service.waitFor(SECONDS, TimeUnit.SECONDS);
    run(new ProcessBuilder("rm", "-rf", folder.resolve("root").toString()));
  }
}
