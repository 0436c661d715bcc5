package io.steppe.agent.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The control groups of this machine, version 2 or 1, and the agent's folder in them. On version 1
 * a group has a folder for each controller, and one in the unified tree where that is mounted too:
 * it alone can be killed at once.
 */
public final class Cgroups {
  private static final Logger LOG = Logger.getLogger(Cgroups.class);
  private static final List<String> NEEDED = List.of("cpu", "memory", "pids");
  private static final Set<String> USED =
      Set.of("cpu", "cpuacct", "cpuset", "memory", "pids", "freezer");
  private static final Pattern NOT_A_NAME = Pattern.compile("[^a-zA-Z0-9_.-]");

  private final Layout layout;
  private final Optional<String> unusable;

  /** Where groups of the agent go. */
  private sealed interface Layout {
    record V2(Path parent) implements Layout {}

    record V1(Map<String, Path> parents, Optional<Path> unified) implements Layout {}
  }

  private Cgroups(Layout layout, Optional<String> unusable) {
    this.layout = layout;
    this.unusable = unusable;
  }

  /** Groups below a folder, given as a path from the root of all groups; it is made. */
  public static Cgroups below(String parent) {
    try {
      return mounted(Files.readAllLines(Path.of("/proc/self/mounts")), parent);
    } catch (IOException e) {
      return none("cgroups can't be found: " + e.getMessage());
    }
  }

  /** No groups at all. */
  public static Cgroups none(String why) {
    return new Cgroups(new Layout.V1(Map.of(), Optional.empty()), Optional.of(why));
  }

  private static Cgroups mounted(List<String> mounts, String parent) {
    Map<String, Path> controllers = new LinkedHashMap<>();
    Optional<Path> unified = Optional.empty();
    for (String mount : mounts) {
      String[] fields = mount.split(" ");
      if (fields.length < 4) {
        continue;
      }
      Path folder = Path.of(fields[1].replace("\\040", " ")).resolve(relative(parent));
      if (fields[2].equals("cgroup2") && unified.isEmpty()) {
        unified = Optional.of(folder);
      } else if (fields[2].equals("cgroup")) {
        Stream.of(fields[3].split(","))
            .filter(USED::contains)
            .forEach(controller -> controllers.putIfAbsent(controller, folder));
      }
    }
    if (controllers.isEmpty() && unified.isEmpty()) {
      return none("cgroups are not mounted");
    }
    Layout layout =
        controllers.isEmpty() ? new Layout.V2(unified.get()) : new Layout.V1(controllers, unified);
    return new Cgroups(layout, prepare(layout, relative(parent).getNameCount()));
  }

  private static Path relative(String parent) {
    return Path.of("/").relativize(Path.of("/").resolve(parent).normalize());
  }

  /** Makes the parent; why it can't be used, if it can't. */
  private static Optional<String> prepare(Layout layout, int depth) {
    try {
      switch (layout) {
        case Layout.V2(Path parent) -> enable(parent, depth);
        case Layout.V1(Map<String, Path> parents, Optional<Path> unified) -> {
          for (String controller : NEEDED) {
            if (!parents.containsKey(controller)) {
              return Optional.of("cgroup controller " + controller + " is not mounted");
            }
          }
          for (Path parent : parents.values()) {
            Files.createDirectories(parent);
          }
          if (parents.containsKey("cpuset")) {
            inheritCores(parents.get("cpuset"), depth);
          }
          if (unified.isPresent()) {
            Files.createDirectories(unified.get());
          }
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("cgroups can't be used: " + e.getMessage());
    }
  }

  /** Hands the controllers down to the parent's children, level by level. */
  private static void enable(Path parent, int depth) throws IOException {
    Path level = parent;
    for (int i = 0; i < depth; i++) {
      level = level.getParent();
    }
    Path root = level;
    Path below = root.relativize(parent);
    for (int i = 0; i <= depth; i++) {
      Path folder = i == 0 ? root : root.resolve(below.subpath(0, i));
      Files.createDirectories(folder);
      Set<String> has = Set.of(Files.readString(folder.resolve("cgroup.controllers")).split("\\s"));
      for (String controller : List.of("cpu", "memory", "pids", "cpuset")) {
        if (has.contains(controller)) {
          Files.writeString(folder.resolve("cgroup.subtree_control"), "+" + controller);
        } else if (NEEDED.contains(controller)) {
          throw new IOException("controller " + controller + " is not given to " + folder);
        }
      }
    }
  }

  /** A new cpuset has no cores at all; no process can enter it until it is given some. */
  private static void inheritCores(Path parent, int depth) throws IOException {
    List<Path> levels = new ArrayList<>();
    Path level = parent;
    for (int i = 0; i < depth; i++) {
      levels.addFirst(level);
      level = level.getParent();
    }
    for (Path folder : levels) {
      for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
        if (Files.readString(folder.resolve(file)).isBlank()) {
          Files.writeString(
              folder.resolve(file), Files.readString(folder.getParent().resolve(file)));
        }
      }
    }
  }

  /** Why there are no groups for tasks; empty when there are. */
  public Optional<String> unusable() {
    return unusable;
  }

  /** 2 or 1. */
  public int version() {
    return layout instanceof Layout.V2 ? 2 : 1;
  }

  /** The group of a task, which may not exist. */
  public Cgroup of(String allocation, String task) {
    String name = allocation + "." + NOT_A_NAME.matcher(task).replaceAll("_") + ".scope";
    return switch (layout) {
      case Layout.V2(Path parent) -> new CgroupTwo(parent.resolve(name));
      case Layout.V1(Map<String, Path> parents, Optional<Path> unified) -> {
        Map<String, Path> folders = new LinkedHashMap<>();
        parents.forEach((controller, parent) -> folders.put(controller, parent.resolve(name)));
        yield new CgroupOne(folders, unified.map(parent -> parent.resolve(name)));
      }
    };
  }

  /** Removes the agent's own folders, unless a group is in them. */
  public void leave() {
    parents().forEach(parent -> parent.toFile().delete());
  }

  /** Removes groups without processes, as an agent that was killed may leave them. */
  public void sweep() {
    if (unusable.isPresent()) {
      return;
    }
    for (Path parent : parents()) {
      try (Stream<Path> groups = Files.list(parent)) {
        groups.filter(Files::isDirectory).forEach(group -> group.toFile().delete());
      } catch (IOException e) {
        LOG.debugf(e, "%s can't be swept", parent);
      }
    }
  }

  private List<Path> parents() {
    return switch (layout) {
      case Layout.V2(Path parent) -> List.of(parent);
      case Layout.V1(Map<String, Path> folders, Optional<Path> unified) ->
          Stream.concat(folders.values().stream(), unified.stream()).distinct().toList();
    };
  }
}
