package io.steppe.agent.fs;

import io.steppe.agent.alloc.AllocRunner;
import io.steppe.agent.alloc.Allocations;
import io.steppe.agent.session.Answers;
import io.steppe.agent.session.FrameSink;
import io.steppe.agent.stats.AllocUsage;
import io.steppe.agent.stats.HostUsage;
import io.steppe.agent.watch.FolderWatch;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.TaskState;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.FsLogs;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/**
 * Answers what is asked of this node: files, logs and statistics of its allocations, statistics of
 * its machine.
 */
public final class RequestClerk implements Answers.Clerk {
  private final Allocations allocations;
  private final Path folder;
  private final FolderWatch watch;
  private final FileThreads threads;
  private final AllocUsage allocUsage;
  private final HostUsage hostUsage;
  private final Answers.Clerk operations;

  /**
   * @param folder where allocations have their folders
   * @param operations answers all other calls
   */
  public RequestClerk(
      Allocations allocations,
      Path folder,
      FolderWatch watch,
      FileThreads threads,
      AllocUsage allocUsage,
      HostUsage hostUsage,
      Answers.Clerk operations) {
    this.allocations = allocations;
    this.folder = folder;
    this.watch = watch;
    this.threads = threads;
    this.allocUsage = allocUsage;
    this.hostUsage = hostUsage;
    this.operations = operations;
  }

  @Override
  public void answer(ClientRequest request, FrameSink sink)
      throws FrameSink.Gone, InterruptedException {
    switch (request.getCallCase()) {
      case LS -> files(request).list(request.getLs().getPath(), sink);
      case STAT -> files(request).stat(request.getStat().getPath(), sink);
      case CAT -> files(request).read(request.getCat(), sink);
      case READ_AT -> files(request).read(request.getReadAt(), sink);
      case STREAM -> files(request).stream(request.getStream(), sink);
      case LOGS -> logs(request, sink);
      case ALLOC_STATS ->
          sink.send(
              ClientFrame.newBuilder()
                  .setAllocStats(allocUsage.of(known(request), request.getAllocStats().getTask()))
                  .build());
      case HOST_STATS -> sink.send(ClientFrame.newBuilder().setHostStats(hostUsage.now()).build());
      default -> operations.answer(request, sink);
    }
  }

  private void logs(ClientRequest request, FrameSink sink)
      throws FrameSink.Gone, InterruptedException {
    FsLogs call = request.getLogs();
    Optional<AllocRunner> runner = allocations.find(request.getAllocId());
    if (runner.isPresent() && !call.getTask().isEmpty()) {
      TaskState state = runner.get().report().getTaskStatesMap().get(call.getTask());
      if (state == null) {
        throw Failure.invalid("unknown task name \"" + call.getTask() + "\"");
      }
      if (state.getStartedAt() == 0) {
        throw Failure.notFound(
            "task \"" + call.getTask() + "\" not started yet. No logs available");
      }
    }
    if (runner.isPresent() && keepsNoLogs(runner.get().allocation(), call.getTask())) {
      throw Failure.notFound("logs are disabled for task \"" + call.getTask() + "\"");
    }
    Path root = root(request);
    new LogCalls(root, new AllocFolder(root, threads), watch).send(call, sink);
  }

  private static boolean keepsNoLogs(Allocation allocation, String task) {
    return allocation.getJob().getTaskGroupsList().stream()
        .filter(group -> group.getName().equals(allocation.getTaskGroup()))
        .flatMap(group -> group.getTasksList().stream())
        .anyMatch(one -> one.getName().equals(task) && one.getLogConfig().getDisabled());
  }

  private FileCalls files(ClientRequest request) {
    return new FileCalls(new AllocFolder(root(request), threads), watch);
  }

  /** The folder the allocation has, or had. */
  private Path root(ClientRequest request) {
    try {
      return folder.resolve(UUID.fromString(request.getAllocId()).toString());
    } catch (IllegalArgumentException e) {
      throw unknown(request);
    }
  }

  private AllocRunner known(ClientRequest request) {
    return allocations.find(request.getAllocId()).orElseThrow(() -> unknown(request));
  }

  private static Failure unknown(ClientRequest request) {
    return Failure.notFound("Unknown allocation \"" + request.getAllocId() + "\"");
  }
}
