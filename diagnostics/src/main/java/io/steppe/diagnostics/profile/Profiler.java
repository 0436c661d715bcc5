package io.steppe.diagnostics.profile;

import io.steppe.diagnostics.Listener;
import io.steppe.diagnostics.host.Secrets;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ProfileCall;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;

/** Takes profiles of this process, one at a time. */
public final class Profiler {
  /** The longest that a profile watches. */
  public static final int MOST_SECONDS = 300;

  private final Semaphore free = new Semaphore(1);

  /**
   * Takes a profile and gives it whole.
   *
   * @throws Failure NOT_FOUND for a profile of another name, CONFLICT while another is taken,
   *     UNAVAILABLE where the virtual machine can't
   * @throws Listener.Gone when nobody waits for it any more
   */
  public InputStream take(ProfileCall call, Listener listener)
      throws IOException, Listener.Gone, InterruptedException {
    if (call.getProfile().equals("cmdline")) {
      return text(commandLine());
    }
    if (Integer.toUnsignedLong(call.getSeconds()) > MOST_SECONDS) {
      throw Failure.invalid("a profile takes at most " + MOST_SECONDS + " seconds");
    }
    if (!free.tryAcquire()) {
      throw Failure.conflict("another profile of this process is being taken");
    }
    try {
      return taken(call, listener);
    } finally {
      free.release();
    }
  }

  private static InputStream taken(ProfileCall call, Listener listener)
      throws IOException, Listener.Gone, InterruptedException {
    boolean text = call.getDebug() > 0;
    Recorded recorded = new Recorded(Math.max(1, call.getSeconds()), listener);
    return switch (call.getProfile()) {
      case "profile" -> encoded(recorded.processor(), text);
      case "trace" -> recorded.whole();
      case "allocs" -> encoded(recorded.allocations(), text);
      case "block" -> encoded(recorded.parked(), text);
      case "mutex" -> encoded(recorded.contended(), text);
      case "heap" -> encoded(ClassHistogram.take(call.getGc() > 0), text);
      case "goroutine" -> encoded(ThreadStacks.all(), text);
      case "threadcreate" -> encoded(ThreadStacks.ofPlatform(), text);
      default -> throw Failure.notFound("Pprof profile not found profile: " + call.getProfile());
    };
  }

  private static InputStream encoded(Stacks stacks, boolean text) {
    return text ? text(stacks.text()) : new ByteArrayInputStream(stacks.gzipped());
  }

  private static InputStream text(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Program and arguments, each ended by a zero, without what must not be shown. */
  private static String commandLine() {
    ProcessHandle.Info info = ProcessHandle.current().info();
    List<String> parts = new ArrayList<>();
    info.command().ifPresent(parts::add);
    for (String argument : info.arguments().orElse(new String[0])) {
      parts.add(Secrets.shownArgument(argument));
    }
    return String.join("\0", parts);
  }
}
