package io.steppe.agent.fs;

import io.steppe.agent.session.FrameSink;
import io.steppe.agent.watch.FolderWatch;
import io.steppe.proto.v1.AllocFileInfo;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.FileList;
import io.steppe.rpc.v1.FsRead;
import io.steppe.rpc.v1.FsStream;
import java.io.IOException;
import java.time.Duration;

/** Answers calls about the files of one allocation. */
final class FileCalls {
  static final String DELETED = "file deleted";
  static final String TRUNCATED = "file truncated";

  /** A follower that heard nothing looks by itself now and then. */
  static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

  private static final int LIST_BYTES = 60 << 10;

  private final AllocFolder folder;
  private final FolderWatch watch;

  FileCalls(AllocFolder folder, FolderWatch watch) {
    this.folder = folder;
    this.watch = watch;
  }

  /** Sends the entries of a folder, by name. */
  void list(String path, FrameSink sink) throws FrameSink.Gone, InterruptedException {
    FileList.Builder chunk = FileList.newBuilder();
    int bytes = 0;
    for (AllocFileInfo info : folder.list(path)) {
      chunk.addFiles(info);
      bytes += info.getSerializedSize() + 4;
      if (bytes > LIST_BYTES) {
        sink.send(ClientFrame.newBuilder().setFiles(chunk).build());
        chunk.clear();
        bytes = 0;
      }
    }
    sink.send(ClientFrame.newBuilder().setFiles(chunk).build());
  }

  /** Sends what is known of a file. */
  void stat(String path, FrameSink sink) throws FrameSink.Gone, InterruptedException {
    sink.send(ClientFrame.newBuilder().setFile(folder.describe(path)).build());
  }

  /** Sends bytes of a file from an offset on, all of them or so many. */
  void read(FsRead call, FrameSink sink) throws FrameSink.Gone, InterruptedException {
    requireName(call.getPath());
    try (OpenFile open = folder.open(call.getPath())) {
      if (call.getOffset() < 0) {
        throw Failure.invalid(
            "can't seek to offset "
                + call.getOffset()
                + ": seek "
                + folder.shown(call.getPath())
                + ": invalid argument");
      }
      new Bytes(sink, call.getLimit()).send(open, call.getOffset(), call.getPath());
    } catch (IOException e) {
      throw AllocPaths.failure(folder.shown(call.getPath()), "read", e);
    }
  }

  /**
   * Sends a file from a place on and, if it is to be followed, what is written to it until the
   * reader goes.
   */
  void stream(FsStream call, FrameSink sink) throws FrameSink.Gone, InterruptedException {
    requireName(call.getPath());
    try (OpenFile open = folder.open(call.getPath());
        FolderWatch.Subscription ignored =
            call.getFollow() ? watch.watch(open.folder(), name -> sink.wake()) : () -> {}) {
      Bytes bytes = new Bytes(sink, call.getLimit());
      long start = Bytes.start(open.size(), call.getOffset(), call.getOrigin());
      if (call.getResumed() && start < call.getOffset()) {
        bytes.event(call.getPath(), TRUNCATED, 0);
        start = 0;
      }
      send(call, open, start, bytes, sink);
    } catch (IOException e) {
      throw AllocPaths.failure(folder.shown(call.getPath()), "read", e);
    }
  }

  private static void send(FsStream call, OpenFile open, long start, Bytes bytes, FrameSink sink)
      throws IOException, FrameSink.Gone, InterruptedException {
    String path = call.getPath();
    long position = bytes.send(open, start, path);
    while (call.getFollow() && !bytes.enough()) {
      if (open.size() < position) {
        bytes.event(path, TRUNCATED, 0);
        position = 0;
      } else if (!open.inPlace()) {
        position = bytes.send(open, position, path);
        bytes.event(path, DELETED, position);
        return;
      } else if (open.size() == position) {
        sink.pause(LOOK_AGAIN);
      }
      position = bytes.send(open, position, path);
    }
    bytes.mark(path, position);
  }

  private static void requireName(String path) {
    if (path.isEmpty()) {
      throw Failure.invalid("must provide a file name");
    }
  }
}
