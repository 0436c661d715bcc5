package io.steppe.diagnostics.monitor;

import com.google.protobuf.ByteString;
import io.steppe.diagnostics.Listener;
import io.steppe.proto.v1.StreamFrame;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.MonitorCall;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Sends the log of this process to somebody, line by line. */
public final class Monitor {
  private static final Duration BETWEEN_CHECKS = Duration.ofMillis(500);
  private static final String EVENT = "log";

  private final LogTap taps;

  public Monitor(LogTap taps) {
    this.taps = taps;
  }

  /**
   * Sends what is logged from now on, until nobody listens any more.
   *
   * @throws Failure INVALID for a level that is none
   */
  public void follow(MonitorCall call, Listener listener)
      throws Listener.Gone, InterruptedException {
    LogLevel level =
        LogLevel.of(call.getLogLevel())
            .orElseThrow(() -> Failure.invalid("Unknown log level: " + call.getLogLevel()));
    try (Tail tail = taps.open(level, call.getLogIncludeLocation())) {
      while (true) {
        Optional<LogLine> line = tail.next(BETWEEN_CHECKS);
        if (line.isPresent()) {
          send(encoded(line.get(), call), listener);
        } else {
          listener.check();
        }
        long dropped = tail.dropped();
        if (dropped > 0) {
          send(encoded(LogLine.dropped(Instant.now(), dropped), call), listener);
        }
      }
    }
  }

  private static ByteString encoded(LogLine line, MonitorCall call) {
    return call.getLogJson() ? line.json() : line.text();
  }

  private static void send(ByteString text, Listener listener)
      throws Listener.Gone, InterruptedException {
    ByteString rest = text;
    while (!rest.isEmpty()) {
      int length = Math.min(rest.size(), listener.room());
      StreamFrame frame =
          StreamFrame.newBuilder().setData(rest.substring(0, length)).setFileEvent(EVENT).build();
      listener.send(ClientFrame.newBuilder().setData(frame).build());
      rest = rest.substring(length);
    }
  }
}
