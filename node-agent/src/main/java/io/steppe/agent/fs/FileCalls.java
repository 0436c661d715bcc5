package io.steppe.agent.fs;

import com.google.protobuf.ByteString;
import io.steppe.agent.session.FrameSink;
import io.steppe.agent.watch.FolderWatch;
import io.steppe.proto.v1.AllocFileInfo;
import io.steppe.proto.v1.StreamFrame;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.FileList;
import io.steppe.rpc.v1.FsRead;
import io.steppe.rpc.v1.FsStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Answers calls about the files of one allocation. */
final class FileCalls {
  static final String DELETED = "file deleted";
  static final String TRUNCATED = "file truncated";

  /** A follower that heard nothing looks by itself now and then. */
  static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

  private static final int LIST_BYTES = 60 << 10;

  private final Path root;
  private final AllocPaths paths;
  private final FolderWatch watch;

  FileCalls(Path root, FolderWatch watch) {
    this.root = root;
    this.paths = new AllocPaths(root);
    this.watch = watch;
  }

  /** Sends the entries of a folder, by name. */
  void list(String path, FrameSink sink) throws FrameSink.Gone {
    Path shown = paths.shown(path);
    Path folder = paths.resolve(path, "open");
    if (!Files.isDirectory(folder)) {
      throw Failure.invalid("readdirent " + shown + ": not a directory");
    }
    List<Path> entries;
    try (Stream<Path> list = Files.list(folder)) {
      entries = list.sorted(Comparator.comparing(entry -> entry.getFileName().toString())).toList();
    } catch (IOException e) {
      throw AllocPaths.failure(shown, "open", e);
    }
    FileList.Builder chunk = FileList.newBuilder();
    int bytes = 0;
    for (Path entry : entries) {
      try {
        AllocFileInfo info = FileInfos.entry(entry);
        chunk.addFiles(info);
        bytes += info.getSerializedSize() + 4;
      } catch (NoSuchFileException e) {
        continue;
      } catch (IOException e) {
        throw AllocPaths.failure(entry, "lstat", e);
      }
      if (bytes > LIST_BYTES) {
        sink.send(ClientFrame.newBuilder().setFiles(chunk).build());
        chunk.clear();
        bytes = 0;
      }
    }
    sink.send(ClientFrame.newBuilder().setFiles(chunk).build());
  }

  /** Sends what is known of a file. */
  void stat(String path, FrameSink sink) throws FrameSink.Gone {
    Path shown = paths.shown(path);
    try {
      sink.send(
          ClientFrame.newBuilder()
              .setFile(FileInfos.described(paths.resolve(path, "stat")))
              .build());
    } catch (IOException e) {
      throw AllocPaths.failure(shown, "stat", e);
    }
  }

  /** Sends bytes of a file from an offset on, all of them or so many. */
  void read(FsRead call, FrameSink sink) throws FrameSink.Gone, InterruptedException {
    requireName(call.getPath());
    Path file = paths.readable(call.getPath(), "stat");
    if (call.getOffset() < 0) {
      throw Failure.invalid(
          "can't seek to offset "
              + call.getOffset()
              + ": seek "
              + paths.shown(call.getPath())
              + ": invalid argument");
    }
    try (OpenFile open = OpenFile.open(file, call.getPath())) {
      long position = call.getOffset();
      long left = call.getLimit() > 0 ? call.getLimit() : Long.MAX_VALUE;
      while (left > 0) {
        ByteString bytes = open.read(position, (int) Math.min(left, sink.room()));
        if (bytes.isEmpty()) {
          return;
        }
        position += bytes.size();
        left -= bytes.size();
        sink.send(
            frame(
                StreamFrame.newBuilder()
                    .setData(bytes)
                    .setFile(call.getPath())
                    .setOffset(position)));
      }
    } catch (IOException e) {
      throw AllocPaths.failure(file, "read", e);
    }
  }

  /**
   * Sends a file from a place on and, if it is to be followed, what is written to it until the
   * reader goes.
   */
  void stream(FsStream call, FrameSink sink) throws FrameSink.Gone, InterruptedException {
    requireName(call.getPath());
    Path file = paths.readable(call.getPath(), "stat");
    try (OpenFile open = OpenFile.open(file, call.getPath());
        FolderWatch.Subscription ignored =
            call.getFollow() ? watch.watch(file.getParent(), name -> sink.wake()) : () -> {}) {
      long position = start(open.size(), call.getOffset(), call.getOrigin());
      while (true) {
        position = sendAll(open, position, call.getPath(), sink);
        if (!call.getFollow()) {
          return;
        }
        if (!open.inPlace()) {
          sink.send(
              frame(
                  StreamFrame.newBuilder()
                      .setFile(call.getPath())
                      .setFileEvent(DELETED)
                      .setOffset(position)));
          return;
        }
        if (open.size() < position) {
          sink.send(
              frame(StreamFrame.newBuilder().setFile(call.getPath()).setFileEvent(TRUNCATED)));
          position = 0;
        } else if (open.size() == position) {
          sink.pause(LOOK_AGAIN);
        }
      }
    } catch (IOException e) {
      throw AllocPaths.failure(file, "read", e);
    }
  }

  /** Sends all there is from a position on; returns the position after it. */
  static long sendAll(OpenFile open, long from, String name, FrameSink sink)
      throws IOException, FrameSink.Gone, InterruptedException {
    long position = from;
    while (open.size() > position) {
      ByteString bytes = open.read(position, sink.room());
      position += bytes.size();
      if (!bytes.isEmpty()) {
        sink.send(frame(StreamFrame.newBuilder().setData(bytes).setFile(name).setOffset(position)));
      }
    }
    return position;
  }

  /** Where to begin in so many bytes: so far from the start, or from the end. */
  static long start(long size, long offset, String origin) {
    long bounded = Math.clamp(offset, 0, size);
    return switch (origin) {
      case "end" -> size - bounded;
      case "", "start" -> bounded;
      default -> throw Failure.invalid("origin must be start or end");
    };
  }

  static ClientFrame frame(StreamFrame.Builder frame) {
    return ClientFrame.newBuilder().setData(frame).build();
  }

  private static void requireName(String path) {
    if (path.isEmpty()) {
      throw Failure.invalid("must provide a file name");
    }
  }

  Path root() {
    return root;
  }
}
