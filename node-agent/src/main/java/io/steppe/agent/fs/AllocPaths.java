package io.steppe.agent.fs;

import io.steppe.rpc.Failure;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Paths into an allocation's folder as callers give them. None leads out of it, by {@code ..} or by
 * a link; none leads to what is in a task's {@code secrets}.
 */
final class AllocPaths {
  private static final String SECRETS = "secrets";

  private final Path root;

  AllocPaths(Path root) {
    this.root = root;
  }

  /**
   * The file a path names.
   *
   * @param verb of the failure when there is none: open, stat
   * @throws Failure NOT_FOUND when there is none, INVALID when it leads out
   */
  Path resolve(String path, String verb) {
    return real(shown(path), verb);
  }

  /**
   * The same for a file whose bytes are read.
   *
   * @throws Failure also INVALID for what is in a folder of secrets
   */
  Path readable(String path, String verb) {
    Path real = resolve(path, verb);
    Path inside = real(root, verb).relativize(real);
    if (inside.getNameCount() > 2 && inside.getName(1).toString().equals(SECRETS)) {
      throw Failure.invalid("Reading secret file prohibited: " + path);
    }
    return real;
  }

  /**
   * The path beneath the root as failures show it: {@code ..} and leading slashes resolved, links
   * not.
   */
  Path shown(String path) {
    if (path.indexOf('\0') >= 0) {
      String visible = (root + "/" + path).replace("\0", "\\u0000");
      throw Failure.invalid(
          "Failed to check if path escapes alloc directory: lstat "
              + visible
              + ": invalid argument");
    }
    Path joined = root.resolve(path.replaceAll("^/+", "")).normalize();
    if (!joined.startsWith(root)) {
      throw escapes();
    }
    return joined;
  }

  private Path real(Path path, String verb) {
    try {
      Path real = path.toRealPath();
      if (!real.startsWith(root.toRealPath())) {
        throw escapes();
      }
      return real;
    } catch (NoSuchFileException e) {
      checkParent(path, verb);
      throw missing(path, verb);
    } catch (IOException e) {
      throw failure(path, verb, e);
    }
  }

  /**
   * Whether something exists outside is nobody's business: the nearest folder that exists must be
   * inside.
   */
  private void checkParent(Path path, String verb) {
    for (Path parent = path.getParent();
        parent != null && parent.startsWith(root);
        parent = parent.getParent()) {
      try {
        if (!parent.toRealPath().startsWith(root.toRealPath())) {
          throw escapes();
        }
        return;
      } catch (NoSuchFileException e) {
        continue;
      } catch (IOException e) {
        throw failure(path, verb, e);
      }
    }
  }

  static Failure missing(Path path, String verb) {
    return Failure.notFound(verb + " " + path + ": no such file or directory");
  }

  /** What the system says of a path, in its usual words. */
  static Failure failure(Path path, String verb, IOException error) {
    String what =
        switch (error) {
          case NoSuchFileException _ -> "no such file or directory";
          case AccessDeniedException _ -> "permission denied";
          case NotDirectoryException _ -> "not a directory";
          case FileSystemException e when e.getReason() != null ->
              e.getReason().toLowerCase(Locale.ROOT);
          default -> "input/output error";
        };
    String text = verb + " " + path + ": " + what;
    return error instanceof NoSuchFileException ? Failure.notFound(text) : Failure.invalid(text);
  }

  private static Failure escapes() {
    return Failure.invalid("Path escapes the alloc directory");
  }
}
