package io.steppe.agent.log;

import io.steppe.agent.watch.Coalesced;
import io.steppe.agent.watch.FolderWatch;
import io.steppe.proto.v1.LogConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;

/**
 * The output of a task on its way from its spools to its log files, for as long as the task may
 * write.
 */
public final class TaskLogs implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(TaskLogs.class);
  private static final int DEFAULT_FILES = 10;
  private static final int DEFAULT_MIB = 10;

  private final String task;
  private final List<LogStream> streams;
  private final FolderWatch.Subscription subscription;

  /**
   * Begins to carry output.
   *
   * @param home where the spools {@code stdout} and {@code stderr} are
   * @param folder where the log files go
   */
  public TaskLogs(
      String task, LogConfig config, Path home, Path folder, FolderWatch watch, Executor executor)
      throws IOException {
    this.task = task;
    int files = (int) Math.max(1, config.hasMaxFiles() ? config.getMaxFiles() : DEFAULT_FILES);
    long bytes =
        Math.max(1, config.hasMaxFileSizeMb() ? config.getMaxFileSizeMb() : DEFAULT_MIB) << 20;
    this.streams =
        List.of("stdout", "stderr").stream()
            .map(
                type ->
                    new LogStream(
                        home.resolve(type),
                        folder,
                        LogFiles.prefix(task, type),
                        files,
                        bytes,
                        System::nanoTime))
            .toList();
    Coalesced copies = new Coalesced(executor, this::copyAll);
    this.subscription =
        watch.watch(
            home,
            name -> {
              if (name.equals("stdout") || name.equals("stderr") || name.equals(FolderWatch.ANY)) {
                copies.ask();
              }
            });
    copies.ask();
  }

  private void copyAll() {
    try {
      drain();
    } catch (IOException e) {
      LOG.errorf(e, "task %s: its output stays in the spool for now", task);
    }
  }

  /** Copies all that was written until now. */
  public synchronized void drain() throws IOException {
    for (LogStream stream : streams) {
      stream.copy();
    }
  }

  /** Copies what is left and gives up the spools: the task will not run again. */
  public synchronized void finish() throws IOException {
    subscription.close();
    for (LogStream stream : streams) {
      stream.copy();
      stream.finish();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    subscription.close();
    for (LogStream stream : streams) {
      stream.close();
    }
  }
}
