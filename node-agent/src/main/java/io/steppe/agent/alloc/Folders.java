package io.steppe.agent.alloc;

import io.steppe.agent.task.TaskFolders;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.List;
import org.jboss.logging.Logger;

/** Makes and removes the folders of allocations. */
final class Folders {
  private static final Logger LOG = Logger.getLogger(Folders.class);

  private Folders() {}

  /**
   * Makes all folders of an allocation: the shared one, and one a task. What is there already
   * stays.
   */
  static void make(Path root, List<String> tasks) throws IOException {
    for (String task : tasks) {
      if (task.isEmpty()
          || task.contains("/")
          || task.indexOf('\0') >= 0
          || List.of(".", "..", "alloc").contains(task)) {
        throw new IOException("no folder can be named after task \"" + task + "\"");
      }
    }
    make(root, "rwxr-xr-x");
    make(root.resolve("alloc"), "rwxrwxrwx");
    for (String name : List.of("data", "logs", "tmp")) {
      make(root.resolve("alloc").resolve(name), "rwxrwxrwx");
    }
    for (String task : tasks) {
      TaskFolders folders = TaskFolders.of(root, task);
      make(folders.task(), "rwxrwxrwx");
      make(folders.local(), "rwxrwxrwx");
      make(folders.temporary(), "rwxrwxrwx");
      make(folders.secrets(), "rwx------");
    }
  }

  /**
   * Lets a task's user read its secrets; a user the machine does not have fails when it is to run.
   */
  static void give(Path secrets, String user) throws IOException {
    try {
      Files.setOwner(
          secrets,
          secrets.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user));
    } catch (UserPrincipalNotFoundException e) {
      LOG.warnf("%s can't be given to user %s, whom the machine does not have", secrets, user);
    }
  }

  /**
   * Moves what an allocation keeps for the one after it: {@code alloc/data}, and {@code local} of
   * each task. What the new one has already stays.
   */
  static void move(Path from, Path to, List<String> tasks) throws IOException {
    move(from.resolve("alloc").resolve("data"), to.resolve("alloc").resolve("data"));
    for (String task : tasks) {
      move(TaskFolders.of(from, task).local(), TaskFolders.of(to, task).local());
    }
  }

  private static void move(Path from, Path to) throws IOException {
    if (!Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS)
        || Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Path parent = to.getParent();
    make(parent.getParent(), "rwxr-xr-x");
    make(parent, "rwxrwxrwx");
    Files.move(from, to);
  }

  private static void make(Path folder, String permissions) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectories(folder);
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
    }
  }

  /** Removes a folder with all in it; links are removed, not followed. */
  static void remove(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
