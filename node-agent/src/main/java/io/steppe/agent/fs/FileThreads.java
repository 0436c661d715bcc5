package io.steppe.agent.fs;

import io.steppe.rpc.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Threads on which files of tasks are found and opened. A task may put a pipe in a file's place
 * between the look at it and its opening, which then waits for good: such a thread is given up, and
 * an allocation that has cost so many gets no more until they come back.
 */
public final class FileThreads implements AutoCloseable {
  private static final int THREADS = 64;
  private static final int WAITING = 1_024;
  private static final int GIVEN_UP_PER_ALLOCATION = 4;
  private static final Duration IDLE = Duration.ofSeconds(10);

  private final Duration patience;
  private final ThreadPoolExecutor threads;
  private final Map<Path, Integer> givenUp = new ConcurrentHashMap<>();

  /** Something done with files. */
  interface Work<T> {
    T run() throws IOException;
  }

  /**
   * @param patience how long finding and opening a file may take
   */
  public FileThreads(Duration patience) {
    this.patience = patience;
    this.threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(WAITING),
            Thread.ofPlatform().daemon().name("files-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /**
   * Does it for an allocation.
   *
   * @throws Failure INVALID when it takes too long, UNAVAILABLE when too much waits already
   */
  <T> T run(Path allocation, Work<T> work) throws IOException, InterruptedException {
    if (givenUp.getOrDefault(allocation, 0) >= GIVEN_UP_PER_ALLOCATION) {
      throw tooLong();
    }
    CompletableFuture<T> done = new CompletableFuture<>();
    try {
      threads.execute(() -> complete(done, work));
    } catch (RejectedExecutionException e) {
      throw Failure.unavailable("too many requests for files of this node");
    }
    try {
      return done.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      giveUp(allocation, done);
      throw tooLong();
    } catch (InterruptedException e) {
      giveUp(allocation, done);
      throw e;
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException io -> throw io;
        case RuntimeException runtime -> throw runtime;
        default -> throw new IllegalStateException(e.getCause());
      }
    }
  }

  private static <T> void complete(CompletableFuture<T> done, Work<T> work) {
    try {
      done.complete(work.run());
    } catch (IOException | RuntimeException | Error e) {
      done.completeExceptionally(e);
    }
  }

  private <T> void giveUp(Path allocation, CompletableFuture<T> done) {
    givenUp.merge(allocation, 1, Integer::sum);
    done.whenComplete(
        (late, error) -> {
          givenUp.computeIfPresent(allocation, (key, count) -> count == 1 ? null : count - 1);
          if (late instanceof AutoCloseable resource) {
            close(resource);
          }
        });
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static Failure tooLong() {
    return Failure.invalid("opening the file takes too long");
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
