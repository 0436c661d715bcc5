package io.steppe.agent.fs;

import io.steppe.rpc.Failure;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The way from an allocation's folder to one of its files, a handle a folder. The system is never
 * asked to follow a link or {@code ..}: both are resolved here, so whatever a task exchanges
 * meanwhile, a step leads to something in the folder whose handle is held. Links are followed as
 * long as they stay inside and lead into no other task's folder.
 *
 * <p>Used on one thread; may wait for good where a task put a pipe in the place of a folder.
 */
final class Walk implements AutoCloseable {
  /** As many as the system itself follows. */
  private static final int MOST_LINKS = 40;

  private static final String SHARED = "alloc";
  private static final Path HERE = Path.of(".");

  private final Path root;
  private final Path shown;
  private final String verb;
  private final Deque<String> ahead = new ArrayDeque<>();
  private final Deque<SecureDirectoryStream<Path>> handles = new ArrayDeque<>();
  private final List<String> names = new ArrayList<>();
  private Optional<String> linkedFrom = Optional.empty();
  private int links;

  private Walk(Path root, Path shown, String verb) {
    this.root = root;
    this.shown = shown;
    this.verb = verb;
  }

  /**
   * A file where a walk ended.
   *
   * @param folder the handle of the folder it is in; of itself for the allocation's own
   * @param name in that folder
   * @param names of it and the folders above it, as they are called beneath the allocation's
   */
  record Found(
      Path root,
      SecureDirectoryStream<Path> folder,
      Path name,
      List<String> names,
      PosixFileAttributes attributes) {
    /** Where it was found; not to be followed. */
    Path path() {
      return root.resolve(String.join("/", names));
    }

    /** Whether it is a task's folder of secrets. */
    boolean isSecretFolder() {
      return names.size() == 2 && isSecret();
    }

    /** Whether it is such a folder, or in one. */
    boolean isSecret() {
      return names.size() > 1
          && !names.getFirst().equals(SHARED)
          && (names.get(1).equals("secrets") || names.get(1).equals("private"));
    }
  }

  /** Uses the file that a walk found; its folder's handle is open meanwhile. */
  interface Use<T> {
    T of(Found found) throws IOException;
  }

  /**
   * Walks.
   *
   * @param verb of failures: open, stat
   * @throws Failure NOT_FOUND when there is nothing, INVALID when the path leads out
   */
  static <T> T to(Path root, String path, String verb, Use<T> use) throws IOException {
    Path shown = AllocPaths.shown(root, path);
    try (Walk walk = new Walk(root, shown, verb)) {
      return use.of(walk.go());
    }
  }

  private Found go() {
    try {
      root();
      root.relativize(shown).forEach(part -> ahead.add(part.toString()));
      while (true) {
        Optional<Found> end = step();
        if (end.isPresent()) {
          return end.get();
        }
      }
    } catch (NoSuchFileException e) {
      throw AllocPaths.missing(shown, verb);
    } catch (IOException e) {
      throw AllocPaths.failure(shown, verb, e);
    }
  }

  private void root() throws IOException {
    closeHandles();
    names.clear();
    DirectoryStream<Path> opened = Files.newDirectoryStream(root);
    if (!(opened instanceof SecureDirectoryStream<Path> secure)) {
      opened.close();
      throw new IOException("folders can't be held on this system");
    }
    handles.push(secure);
  }

  private Optional<Found> step() throws IOException {
    if (ahead.isEmpty()) {
      return Optional.of(found(HERE, attributes(HERE)));
    }
    String name = ahead.pop();
    switch (name) {
      case "", "." -> {}
      case ".." -> up();
      default -> {
        requireOwn(name);
        Path part = Path.of(name);
        PosixFileAttributes attributes = attributes(part);
        if (attributes.isSymbolicLink()) {
          follow(part);
        } else if (ahead.isEmpty()) {
          names.add(name);
          return Optional.of(found(part, attributes));
        } else if (!attributes.isDirectory()) {
          throw new NotDirectoryException(name);
        } else {
          handles.push(handles.peek().newDirectoryStream(part, LinkOption.NOFOLLOW_LINKS));
          names.add(name);
        }
      }
    }
    return Optional.empty();
  }

  private Found found(Path name, PosixFileAttributes attributes) {
    return new Found(root, handles.peek(), name, List.copyOf(names), attributes);
  }

  private PosixFileAttributes attributes(Path name) throws IOException {
    return handles
        .peek()
        .getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .readAttributes();
  }

  private void up() throws IOException {
    if (names.isEmpty()) {
      throw AllocPaths.escapes();
    }
    names.removeLast();
    handles.pop().close();
  }

  /** A link leads to what its own task has, or to what all share. */
  private void requireOwn(String name) {
    boolean other =
        names.isEmpty()
            && linkedFrom.isPresent()
            && !linkedFrom.get().equals(name)
            && !name.equals(SHARED);
    if (other) {
      throw AllocPaths.escapes();
    }
  }

  private void follow(Path link) throws IOException {
    links++;
    if (links > MOST_LINKS) {
      throw Failure.invalid(verb + " " + shown + ": too many levels of symbolic links");
    }
    Path target;
    try {
      // The name may lead elsewhere by now; what is read of it is walked like any other text.
      target = Files.readSymbolicLink(root.resolve(String.join("/", names)).resolve(link));
    } catch (NotLinkException | NoSuchFileException e) {
      ahead.push(link.toString());
      return;
    }
    linkedFrom = Optional.of(names.isEmpty() ? link.toString() : names.getFirst());
    if (target.isAbsolute()) {
      target = inside(target);
      root();
    }
    for (int i = target.getNameCount() - 1; i >= 0; i--) {
      ahead.push(target.getName(i).toString());
    }
  }

  private Path inside(Path target) throws IOException {
    for (Path start : List.of(root, root.toRealPath())) {
      if (target.startsWith(start)) {
        return start.relativize(target);
      }
    }
    throw AllocPaths.escapes();
  }

  private void closeHandles() throws IOException {
    while (!handles.isEmpty()) {
      handles.pop().close();
    }
  }

  @Override
  public void close() throws IOException {
    closeHandles();
  }
}
