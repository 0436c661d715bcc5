package io.steppe.cluster;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code ps}: the running processes of a cluster, a line each: name, replica, pid and ports between
 * tabs.
 */
@Command(name = "ps")
public final class PsCommand implements Callable<Integer> {
  @Option(names = "--data-dir", required = true)
  Path data;

  @Override
  public Integer call() {
    DataFolder folder = new DataFolder(data);
    Console console = Main.console(null);
    List<RunFile> running = RunFile.alive(folder.run());
    if (running.isEmpty()) {
      console.complain("No Steppe runs with the data folder " + folder.root());
    }
    for (RunFile file : running) {
      console.say(
          String.join(
              "\t",
              file.name(),
              Integer.toString(file.replica()),
              Long.toString(file.id().pid()),
              file.ports()));
    }
    return 0;
  }
}
