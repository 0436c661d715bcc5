package io.steppe.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code down}: stops the cluster of a data folder, whether its launcher runs or was killed. */
@Command(name = "down")
public final class DownCommand implements Callable<Integer> {
  private static final Duration LAUNCHER_STOPS_WITHIN = Duration.ofMinutes(3);
  private static final Duration GUARDIAN_ACTS_WITHIN = Duration.ofSeconds(3);

  @Option(names = "--data-dir", required = true)
  Path data;

  @Override
  public Integer call() throws Exception {
    DataFolder folder = new DataFolder(data);
    Console console = Main.console(null);
    if (!folder.exists() || RunFile.alive(folder.run()).isEmpty()) {
      console.say("No Steppe runs with the data folder " + folder.root());
      return 0;
    }
    Optional<RunFile> launcher = awaitLauncher(folder);
    if (launcher.isPresent()) {
      console.say("Stopping the cluster of " + folder.root());
      launcher.get().id().terminate();
      if (!launcher.get().id().awaitEnd(LAUNCHER_STOPS_WITHIN)) {
        console.complain(
            "The launcher (pid %d) does not stop".formatted(launcher.get().id().pid()));
        return Main.FAILED;
      }
    }
    List<RunFile> left = RunFile.alive(folder.run());
    if (!left.isEmpty()) {
      console.say("Stopping what a killed launcher left");
      Cluster.stopLeft(folder, left, console);
    }
    console.say("Steppe has stopped");
    return 0;
  }

  /**
   * A launcher that was killed a moment ago is about to be started again; to stop under its hands
   * would be undone.
   */
  private static Optional<RunFile> awaitLauncher(DataFolder folder) throws InterruptedException {
    long deadline = System.nanoTime() + GUARDIAN_ACTS_WITHIN.toNanos();
    while (System.nanoTime() < deadline) {
      Optional<RunFile> found =
          RunFile.read(folder.run(), Cluster.LAUNCHER, 0).filter(file -> file.id().isAlive());
      if (found.isPresent()) {
        return found;
      }
      Thread.sleep(Duration.ofMillis(100));
    }
    return Optional.empty();
  }
}
