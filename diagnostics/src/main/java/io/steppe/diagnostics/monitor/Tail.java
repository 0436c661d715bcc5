package io.steppe.diagnostics.monitor;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;

/**
 * What the process logs from now on, for one follower. Who logs never waits: lines that find no
 * room are counted and dropped.
 */
final class Tail implements AutoCloseable {
  private static final int MOST_WAITING = 1024;
  private static final int STACK_CHARS = 16 << 10;

  private final BlockingQueue<LogLine> lines = new ArrayBlockingQueue<>(MOST_WAITING);
  private final AtomicLong dropped = new AtomicLong();
  private final LogLevel level;
  private final boolean located;
  private final Consumer<Tail> closed;
  private final ExtHandler handler = new Handler();

  /**
   * @param located whether lines say where they were logged, which costs who logs them
   */
  Tail(LogLevel level, boolean located, Consumer<Tail> closed) {
    this.level = level;
    this.located = located;
    this.closed = closed;
    handler.setLevel(level.level());
  }

  /** The next line; none when there was none in time. */
  Optional<LogLine> next(Duration longest) throws InterruptedException {
    return Optional.ofNullable(lines.poll(longest.toNanos(), TimeUnit.NANOSECONDS));
  }

  /** How many lines were dropped since this was last asked. */
  long dropped() {
    return dropped.getAndSet(0);
  }

  LogLevel level() {
    return level;
  }

  ExtHandler handler() {
    return handler;
  }

  @Override
  public void close() {
    closed.accept(this);
  }

  private final class Handler extends ExtHandler {
    @Override
    protected void doPublish(ExtLogRecord record) {
      if (lines.remainingCapacity() == 0) {
        dropped.incrementAndGet();
      } else if (!lines.offer(line(record))) {
        dropped.incrementAndGet();
      }
    }

    private LogLine line(ExtLogRecord record) {
      return new LogLine(
          record.getInstant(),
          LogLevel.of(record.getLevel()),
          record.getLoggerName(),
          record.getFormattedMessage(),
          stack(record.getThrown()),
          located
              ? Optional.of(record.getSourceFileName() + ":" + record.getSourceLineNumber())
              : Optional.empty());
    }

    private static String stack(Throwable thrown) {
      if (thrown == null) {
        return "";
      }
      StringWriter text = new StringWriter();
      thrown.printStackTrace(new PrintWriter(text));
      return text.getBuffer().length() <= STACK_CHARS
          ? text.toString()
          : text.getBuffer().substring(0, STACK_CHARS);
    }
  }
}
