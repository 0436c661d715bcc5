package io.steppe.diagnostics;

import com.google.protobuf.ByteString;
import io.steppe.diagnostics.host.HostDocument;
import io.steppe.diagnostics.monitor.LogTap;
import io.steppe.diagnostics.monitor.Monitor;
import io.steppe.diagnostics.profile.Profiler;
import io.steppe.proto.v1.StreamFrame;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jboss.logging.Logger;

/** What this process tells of itself: its machine, its log, its profiles. */
public final class Diagnostics {
  private static final Logger LOG = Logger.getLogger(Diagnostics.class);

  private final Profiler profiler = new Profiler();
  private final LogTap taps = LogTap.ofProcess();

  /**
   * Answers a question, as long as that takes; for a thread that may wait.
   *
   * @throws Failure INVALID for what no process answers, UNAVAILABLE for what can't be told now
   * @throws Listener.Gone when nobody listens any more
   */
  public void answer(ClientRequest request, Listener listener)
      throws Listener.Gone, InterruptedException {
    switch (request.getCallCase()) {
      case HOST ->
          listener.send(ClientFrame.newBuilder().setHost(HostDocument.ofThisMachine()).build());
      case MONITOR -> new Monitor(taps).follow(request.getMonitor(), listener);
      case PROFILE -> profile(request, listener);
      default -> throw Failure.invalid("a process does not tell this of itself");
    }
  }

  private void profile(ClientRequest request, Listener listener)
      throws Listener.Gone, InterruptedException {
    LOG.infof(
        "Profile %s of %d s is taken for %s",
        request.getProfile().getProfile(),
        request.getProfile().getSeconds(),
        request.getCaller().getAccessorId());
    try (InputStream profile = profiler.take(request.getProfile(), listener)) {
      while (true) {
        byte[] piece = profile.readNBytes(listener.room());
        if (piece.length == 0) {
          return;
        }
        listener.send(frame(ByteString.copyFrom(piece)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The profile can't be read", e);
    }
  }

  private static ClientFrame frame(ByteString data) {
    return ClientFrame.newBuilder().setData(StreamFrame.newBuilder().setData(data)).build();
  }
}
