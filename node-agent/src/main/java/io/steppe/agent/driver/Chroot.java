package io.steppe.agent.driver;

import io.steppe.agent.task.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The root of an isolated task: its own folder, with folders of the machine in it.
 *
 * @param root the task's folder
 * @param shared what all tasks of the allocation share
 * @param mounts places in the root to what of the machine is there; a place comes after those it is
 *     in
 */
record Chroot(Path root, Path shared, Map<Path, Source> mounts) {
  private static final Path TOP = Path.of("/");
  private static final List<String> DEVICES =
      List.of("null", "zero", "full", "random", "urandom", "tty");

  /** What of the machine is at a place. */
  record Source(Path path, boolean readOnly) {}

  /** The root of a run: with places of the machine but those it lacks, and with its own mounts. */
  static Chroot of(TaskRun run, Map<String, String> places) {
    Map<Path, Source> mounts = new TreeMap<>();
    places.forEach(
        (outside, inside) -> {
          Path source = Path.of(outside);
          if (Files.exists(source)) {
            mounts.put(TOP.resolve(inside).normalize(), new Source(source, true));
          }
        });
    run.mounts()
        .forEach(
            mount ->
                mounts.put(
                    TOP.resolve(mount.inside()).normalize(),
                    new Source(mount.outside(), mount.readOnly())));
    mounts.remove(TOP);
    return new Chroot(run.folders().task(), run.folders().shared(), mounts);
  }

  /** With one more folder of the machine at its own place, unless it is seen there already. */
  Chroot with(Path folder) {
    if (outside(folder).equals(folder)) {
      return this;
    }
    Map<Path, Source> more = new TreeMap<>(mounts);
    more.put(folder, new Source(folder, true));
    return new Chroot(root, shared, more);
  }

  /** Where the machine has what the task sees at a place. */
  Path outside(Path inside) {
    Path wanted = TOP.resolve(inside).normalize();
    for (Path place = wanted; place != null && !place.equals(TOP); place = place.getParent()) {
      Optional<Path> source =
          place.equals(Path.of("/alloc"))
              ? Optional.of(shared)
              : Optional.ofNullable(mounts.get(place)).map(Source::path);
      if (source.isPresent()) {
        return source.get().resolve(place.relativize(wanted));
      }
    }
    return root.resolve(TOP.relativize(wanted));
  }

  /** The file a command names, as the task sees it. */
  Optional<Path> find(String command, String searchPath) {
    return Commands.candidates(command, TOP, searchPath).stream()
        .map(Path::normalize)
        .filter(place -> Commands.executable(outside(place)).isPresent())
        .findFirst();
  }

  /** Makes the places things are mounted on. A task can't lead them elsewhere by a link. */
  void make() throws StartFailure {
    try {
      for (String folder : List.of("alloc", "dev", "proc", "sys")) {
        folder(root.resolve(folder));
      }
      for (Map.Entry<Path, Source> mount : mounts.entrySet()) {
        Path place = root.resolve(TOP.relativize(mount.getKey()));
        if (Files.isDirectory(mount.getValue().path())) {
          folder(place);
        } else {
          folder(place.getParent());
          if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            Files.createFile(place);
          }
        }
      }
    } catch (IOException e) {
      throw new StartFailure("failed to build the chroot: " + e.getMessage(), false);
    }
  }

  private void folder(Path folder) throws IOException {
    Path level = root;
    for (Path name : root.relativize(folder)) {
      level = level.resolve(name);
      if (Files.isSymbolicLink(level)) {
        throw new IOException(level + " is a link");
      }
      if (!Files.isDirectory(level)) {
        Files.createDirectory(level);
      }
    }
  }

  /** Lines of a shell script that mount everything. */
  String mountScript() {
    var script = new StringBuilder();
    mount(script, "--bind", root, root);
    mounts.forEach(
        (inside, source) ->
            mount(
                script,
                source.readOnly() ? "--bind -o ro,nosuid" : "--bind -o nosuid",
                source.path(),
                root.resolve(TOP.relativize(inside))));
    mount(script, "--bind", shared, root.resolve("alloc"));
    mount(script, "-t proc -o nosuid,nodev,noexec", Path.of("proc"), root.resolve("proc"));
    mount(script, "-t sysfs -o ro,nosuid,nodev,noexec", Path.of("sysfs"), root.resolve("sys"));
    Path dev = root.resolve("dev");
    mount(script, "-t tmpfs -o nosuid,noexec,mode=755,size=64k", Path.of("tmpfs"), dev);
    for (String device : DEVICES) {
      script.append(": >").append(Shell.quoted(dev.resolve(device).toString())).append('\n');
      mount(script, "--bind", Path.of("/dev", device), dev.resolve(device));
    }
    line(script, "mkdir", dev.resolve("pts"), dev.resolve("shm"));
    mount(
        script,
        "-t devpts -o newinstance,nosuid,noexec,ptmxmode=0666,mode=620",
        Path.of("devpts"),
        dev.resolve("pts"));
    mount(
        script,
        "-t tmpfs -o nosuid,nodev,noexec,mode=1777,size=64m",
        Path.of("shm"),
        dev.resolve("shm"));
    line(script, "ln -s", Path.of("pts/ptmx"), dev.resolve("ptmx"));
    line(script, "ln -s", Path.of("/proc/self/fd"), dev.resolve("fd"));
    for (int i = 0; i < 3; i++) {
      String name = List.of("stdin", "stdout", "stderr").get(i);
      line(script, "ln -s", Path.of("/proc/self/fd/" + i), dev.resolve(name));
    }
    return script.toString();
  }

  private static void mount(StringBuilder script, String how, Path what, Path where) {
    line(script, "mount " + how, what, where);
  }

  private static void line(StringBuilder script, String command, Path first, Path second) {
    String[] words = command.split(" ", 2);
    script.append(Shell.quoted(Supervisor.tool(words[0]))).append(' ');
    if (words.length > 1) {
      script.append(words[1]).append(' ');
    }
    script
        .append(Shell.quoted(first.toString()))
        .append(' ')
        .append(Shell.quoted(second.toString()))
        .append('\n');
  }
}
