package io.steppe.agent.fs;

import io.steppe.agent.log.LogFiles;
import io.steppe.agent.session.FrameSink;
import io.steppe.agent.watch.FolderWatch;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.FsLogs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Sends a task's log: its numbered files one after another as if they were one. A file is left only
 * when the next one is there and it was read to its end afterwards, so nothing is lost or doubled
 * when files are rotated meanwhile.
 */
final class LogCalls {
  private static final String SHOWN = "alloc/logs/";

  private final Path folder;
  private final FolderWatch watch;

  /**
   * @param root the allocation's folder
   */
  LogCalls(Path root, FolderWatch watch) {
    this.folder = root.resolve("alloc").resolve("logs");
    this.watch = watch;
  }

  void send(FsLogs call, FrameSink sink) throws FrameSink.Gone, InterruptedException {
    if (call.getTask().isEmpty()) {
      throw Failure.invalid("must provide task name");
    }
    if (!List.of("stdout", "stderr").contains(call.getType())) {
      throw Failure.invalid("must provide log type (stdout/stderr)");
    }
    String prefix = LogFiles.prefix(call.getTask(), call.getType());
    if (!call.getFollow()) {
      send(call, prefix, sink);
      return;
    }
    try (FolderWatch.Subscription ignored = watch.watch(folder, name -> wake(name, prefix, sink))) {
      send(call, prefix, sink);
    } catch (IOException e) {
      throw AllocPaths.failure(folder, "open", e);
    }
  }

  private static void wake(String name, String prefix, FrameSink sink) {
    if (name.isEmpty() || name.startsWith(prefix)) {
      sink.wake();
    }
  }

  /** A place in the log. */
  private record Place(long index, long offset) {}

  private void send(FsLogs call, String prefix, FrameSink sink)
      throws FrameSink.Gone, InterruptedException {
    Place place = start(call, prefix);
    while (true) {
      Optional<Place> next = sendFile(place, call.getFollow(), prefix, sink);
      if (next.isPresent()) {
        place = next.get();
      } else if (call.getFollow()) {
        sink.pause(FileCalls.LOOK_AGAIN);
      } else {
        return;
      }
    }
  }

  private Place start(FsLogs call, String prefix) {
    NavigableMap<Long, Long> sizes = sizes(prefix);
    long all = sizes.values().stream().mapToLong(Long::longValue).sum();
    long left = FileCalls.start(all, call.getOffset(), call.getOrigin());
    Place last = new Place(0, 0);
    for (var file : sizes.entrySet()) {
      if (left < file.getValue()) {
        return new Place(file.getKey(), left);
      }
      left -= file.getValue();
      last = new Place(file.getKey(), file.getValue());
    }
    return last;
  }

  /**
   * Sends the file of a place to its end. Returns where to go on; empty when that is not there yet.
   */
  private Optional<Place> sendFile(Place place, boolean follow, String prefix, FrameSink sink)
      throws FrameSink.Gone, InterruptedException {
    Path file = folder.resolve(prefix + place.index());
    if (!Files.exists(file)) {
      return Optional.ofNullable(sizes(prefix).ceilingKey(place.index()))
          .map(index -> new Place(index, 0));
    }
    String shown = SHOWN + file.getFileName();
    try (OpenFile open = OpenFile.open(file, shown)) {
      long position = FileCalls.sendAll(open, place.offset(), shown, sink);
      while (true) {
        Optional<Long> next = Optional.ofNullable(sizes(prefix).higherKey(place.index()));
        position = FileCalls.sendAll(open, position, shown, sink);
        if (next.isPresent()) {
          return Optional.of(new Place(next.get(), 0));
        }
        if (!follow) {
          return Optional.empty();
        }
        sink.pause(FileCalls.LOOK_AGAIN);
        position = FileCalls.sendAll(open, position, shown, sink);
      }
    } catch (IOException e) {
      throw AllocPaths.failure(file, "read", e);
    }
  }

  private NavigableMap<Long, Long> sizes(String prefix) {
    NavigableMap<Long, Long> sizes = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        OptionalLong index = LogFiles.index(file.getFileName().toString(), prefix);
        if (index.isPresent()) {
          size(file).ifPresent(size -> sizes.put(index.getAsLong(), size));
        }
      }
    } catch (IOException e) {
      throw AllocPaths.failure(folder, "open", e);
    }
    return sizes;
  }

  private static Optional<Long> size(Path file) throws IOException {
    try {
      return Optional.of(Files.size(file));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
