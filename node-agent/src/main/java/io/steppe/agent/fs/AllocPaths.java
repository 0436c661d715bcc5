package io.steppe.agent.fs;

import io.steppe.rpc.Failure;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;

/** Paths into an allocation's folder as callers give them, and what failures say of them. */
final class AllocPaths {
  private AllocPaths() {}

  /**
   * The path beneath the root as failures show it: {@code ..} and leading slashes resolved, links
   * not.
   *
   * @throws Failure INVALID when it leads out, or can be no path
   */
  static Path shown(Path root, String path) {
    if (path.indexOf('\0') >= 0) {
      throw invalid(root, path.replace("\0", "\\u0000"), "invalid argument");
    }
    try {
      Path joined = root.resolve(path.replaceAll("^/+", "")).normalize();
      if (!joined.startsWith(root)) {
        throw escapes();
      }
      return joined;
    } catch (InvalidPathException e) {
      throw invalid(root, path, "invalid argument");
    }
  }

  private static Failure invalid(Path root, String path, String why) {
    return Failure.invalid(
        "Failed to check if path escapes alloc directory: lstat " + root + "/" + path + ": " + why);
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

  static Failure escapes() {
    return Failure.invalid("Path escapes the alloc directory");
  }
}
