package io.steppe.agent.fs;

import io.steppe.agent.log.LogFiles;
import io.steppe.agent.session.FrameSink;
import io.steppe.agent.watch.FolderWatch;
import io.steppe.proto.v1.AllocFileInfo;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.FsLogs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Sends a task's log: its numbered files one after another as if they were one. A file is left only
 * when the next one is there and it was read to its end afterwards, so nothing is lost or doubled
 * when files are rotated meanwhile. A reader whose file went before it came goes on with the oldest
 * that is left, as the name in the frames tells.
 */
final class LogCalls {
  private static final String LOGS = "alloc/logs";

  private final Path root;
  private final AllocFolder files;
  private final FolderWatch watch;

  /**
   * @param root the allocation's folder
   */
  LogCalls(Path root, AllocFolder files, FolderWatch watch) {
    this.root = root;
    this.files = files;
    this.watch = watch;
  }

  /**
   * Sends what is asked for.
   *
   * @throws Failure INVALID, or NOT_FOUND when there are no logs
   */
  void send(FsLogs call, FrameSink sink) throws FrameSink.Gone, InterruptedException {
    if (call.getTask().isEmpty()) {
      throw Failure.invalid("must provide task name");
    }
    if (!List.of("stdout", "stderr").contains(call.getType())) {
      throw Failure.invalid("must provide log type (stdout/stderr)");
    }
    String prefix = LogFiles.prefix(call.getTask(), call.getType());
    Reading reading = new Reading(prefix, call.getFollow(), sink, new Bytes(sink, call.getLimit()));
    if (!call.getFollow()) {
      reading.all(start(call, prefix));
      return;
    }
    try (FolderWatch.Subscription ignored =
        watch.watch(root.resolve(LOGS), name -> wake(name, prefix, sink))) {
      reading.all(start(call, prefix));
    } catch (IOException e) {
      throw AllocPaths.failure(root.resolve(LOGS), "open", e);
    }
  }

  private static void wake(String name, String prefix, FrameSink sink) {
    if (name.isEmpty() || name.startsWith(prefix)) {
      sink.wake();
    }
  }

  /** A place in the log. */
  private record Place(long index, long offset) {}

  private Place start(FsLogs call, String prefix) throws InterruptedException {
    if (!call.getFile().isEmpty()) {
      return place(call, prefix);
    }
    NavigableMap<Long, Long> sizes = sizes(prefix);
    long all = sizes.values().stream().mapToLong(Long::longValue).sum();
    long left = Bytes.start(all, call.getOffset(), call.getOrigin());
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

  private static Place place(FsLogs call, String prefix) {
    String name = call.getFile().startsWith(LOGS + "/") ? call.getFile() : "";
    OptionalLong index =
        name.isEmpty()
            ? OptionalLong.empty()
            : LogFiles.index(name.substring(LOGS.length() + 1), prefix);
    if (index.isEmpty() || call.getOffset() < 0) {
      throw Failure.invalid("no place in this log: " + call.getFile());
    }
    return new Place(index.getAsLong(), call.getOffset());
  }

  /** Reads on and on. */
  private final class Reading {
    private final String prefix;
    private final boolean follow;
    private final FrameSink sink;
    private final Bytes bytes;
    private boolean searching = true;

    Reading(String prefix, boolean follow, FrameSink sink, Bytes bytes) {
      this.prefix = prefix;
      this.follow = follow;
      this.sink = sink;
      this.bytes = bytes;
    }

    void all(Place start) throws FrameSink.Gone, InterruptedException {
      Place place = start;
      while (!bytes.enough()) {
        Optional<Place> next = file(place);
        if (next.isPresent()) {
          place = next.get();
        } else if (follow && !bytes.enough()) {
          sink.pause(FileCalls.LOOK_AGAIN);
        } else {
          return;
        }
      }
    }

    /**
     * Sends the file of a place to its end. Returns where to go on; empty when that is not there
     * yet.
     */
    private Optional<Place> file(Place place) throws FrameSink.Gone, InterruptedException {
      String shown = name(place.index());
      Optional<OpenFile> file = open(shown);
      if (file.isEmpty()) {
        Long index = sizes(prefix).ceilingKey(place.index());
        if (index == null) {
          bytes.mark(shown, place.offset());
          return Optional.empty();
        }
        return Optional.of(index == place.index() ? place : new Place(index, 0));
      }
      try (OpenFile open = file.get()) {
        long position = place.offset();
        while (true) {
          OptionalLong next = next(place.index(), searching);
          long before = position;
          position = bytes.send(open, position, shown);
          if (next.isPresent() && !bytes.enough()) {
            return Optional.of(new Place(next.getAsLong(), 0));
          }
          if (!follow || bytes.enough()) {
            bytes.mark(shown, position);
            return Optional.empty();
          }
          searching = position == before;
          sink.pause(FileCalls.LOOK_AGAIN);
        }
      } catch (IOException e) {
        throw AllocPaths.failure(root.resolve(shown), "read", e);
      }
    }

    /**
     * The file after one, which nearly always has the next number.
     *
     * @param thorough whether to look for any later one
     */
    private OptionalLong next(long index, boolean thorough) throws InterruptedException {
      if (files.has(name(index + 1))) {
        return OptionalLong.of(index + 1);
      }
      Long later = thorough ? sizes(prefix).higherKey(index) : null;
      return later == null ? OptionalLong.empty() : OptionalLong.of(later);
    }

    private String name(long index) {
      return LOGS + "/" + prefix + index;
    }
  }

  private Optional<OpenFile> open(String name) throws InterruptedException {
    try {
      return Optional.of(files.open(name));
    } catch (Failure failure) {
      if (failure.kind() == Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  private NavigableMap<Long, Long> sizes(String prefix) throws InterruptedException {
    NavigableMap<Long, Long> sizes = new TreeMap<>();
    for (AllocFileInfo file : files.list(LOGS)) {
      LogFiles.index(file.getName(), prefix)
          .ifPresent(
              index -> {
                if (file.getFileMode().startsWith("-")) {
                  sizes.put(index, file.getSize());
                }
              });
    }
    return sizes;
  }
}
