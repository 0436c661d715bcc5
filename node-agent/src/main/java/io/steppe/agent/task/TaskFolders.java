package io.steppe.agent.task;

import java.nio.file.Path;

/**
 * The folders of a task as it sees them.
 *
 * @param root the allocation's folder
 * @param shared what all tasks of the allocation share ({@code alloc})
 * @param task the task's own, its working directory
 * @param local the task's own files, kept until the allocation goes
 * @param secrets readable by the task's user only, never shown through the API
 */
public record TaskFolders(
    Path root, Path shared, Path task, Path local, Path secrets, Path temporary) {
  /** The folders of a task in an allocation's folder. */
  public static TaskFolders of(Path root, String task) {
    Path own = root.resolve(task);
    return new TaskFolders(
        root,
        root.resolve("alloc"),
        own,
        own.resolve("local"),
        own.resolve("secrets"),
        own.resolve("tmp"));
  }

  /** The folders as a task sees them that has a root of its own. */
  public static TaskFolders inside() {
    Path root = Path.of("/");
    return new TaskFolders(
        root,
        root.resolve("alloc"),
        root,
        root.resolve("local"),
        root.resolve("secrets"),
        root.resolve("tmp"));
  }

  /** Where the logs of all tasks of the allocation are. */
  public Path logs() {
    return shared.resolve("logs");
  }
}
