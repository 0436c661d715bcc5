package io.steppe.diagnostics.profile;

import io.steppe.diagnostics.Listener;
import io.steppe.rpc.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import jdk.jfr.Configuration;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedClass;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/** Profiles that the virtual machine's flight recorder takes over a while. */
final class Recorded {
  private static final Duration PERIOD = Duration.ofMillis(10);
  private static final Duration SHORTEST_WAIT = Duration.ofMillis(1);
  private static final Duration BETWEEN_CHECKS = Duration.ofMillis(200);
  private static final long MOST_BYTES = 256L << 20;

  private final Duration watched;
  private final Listener listener;

  Recorded(int seconds, Listener listener) {
    watched = Duration.ofSeconds(seconds);
    this.listener = listener;
  }

  /** What the processors were used for. */
  Stacks processor() throws IOException, Listener.Gone, InterruptedException {
    Stacks stacks =
        stacks(new Stacks.Kind("samples", "count"), new Stacks.Kind("cpu", "nanoseconds"));
    read(
        recording -> recording.enable("jdk.ExecutionSample").withPeriod(PERIOD),
        event -> stacks.add(frames(event), 1, PERIOD.toNanos()));
    return stacks;
  }

  /** Where memory was taken, by samples that stand for what was taken around them. */
  Stacks allocations() throws IOException, Listener.Gone, InterruptedException {
    Stacks stacks =
        stacks(new Stacks.Kind("alloc_samples", "count"), new Stacks.Kind("alloc_space", "bytes"));
    read(
        recording ->
            recording
                .enable("jdk.ObjectAllocationSample")
                .with("throttle", "1000/s")
                .withStackTrace(),
        event -> stacks.add(frames(event), 1, event.getLong("weight")));
    return stacks;
  }

  /** Where threads waited to be woken. */
  Stacks parked() throws IOException, Listener.Gone, InterruptedException {
    return waited("jdk.ThreadPark", "jdk.JavaMonitorWait");
  }

  /** Where threads waited for a monitor that others held. */
  Stacks contended() throws IOException, Listener.Gone, InterruptedException {
    return waited("jdk.JavaMonitorEnter");
  }

  private Stacks waited(String... events) throws IOException, Listener.Gone, InterruptedException {
    Stacks stacks =
        stacks(new Stacks.Kind("contentions", "count"), new Stacks.Kind("delay", "nanoseconds"));
    read(
        recording -> {
          for (String event : events) {
            recording.enable(event).withThreshold(SHORTEST_WAIT).withStackTrace();
          }
        },
        event -> stacks.add(frames(event), 1, event.getDuration().toNanos()));
    return stacks;
  }

  /** Everything that the recorder usually records, as the JDK's own tools read it. */
  InputStream whole() throws IOException, Listener.Gone, InterruptedException {
    requireRecorder();
    Path file = Files.createTempFile("steppe-", ".jfr");
    boolean done = false;
    try (Recording recording = new Recording(usual())) {
      record(recording, file);
      done = true;
      return Files.newInputStream(file, StandardOpenOption.DELETE_ON_CLOSE);
    } finally {
      if (!done) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static Configuration usual() throws IOException {
    try {
      return Configuration.getConfiguration("profile");
    } catch (ParseException e) {
      throw new IOException("The recorder's settings can't be read", e);
    }
  }

  private Stacks stacks(Stacks.Kind... kinds) {
    return new Stacks(List.of(kinds), Instant.now(), watched);
  }

  private void read(Consumer<Recording> settings, Consumer<RecordedEvent> events)
      throws IOException, Listener.Gone, InterruptedException {
    requireRecorder();
    Path file = Files.createTempFile("steppe-", ".jfr");
    try (Recording recording = new Recording()) {
      settings.accept(recording);
      record(recording, file);
      try (RecordingFile recorded = new RecordingFile(file)) {
        while (recorded.hasMoreEvents()) {
          RecordedEvent event = recorded.readEvent();
          if (event.getStackTrace() != null) {
            events.accept(event);
          }
        }
      }
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private void record(Recording recording, Path file)
      throws IOException, Listener.Gone, InterruptedException {
    recording.setName("steppe-diagnostics");
    recording.setMaxSize(MOST_BYTES);
    recording.start();
    long end = System.nanoTime() + watched.toNanos();
    for (long left = watched.toNanos(); left > 0; left = end - System.nanoTime()) {
      Thread.sleep(Duration.ofNanos(Math.min(left, BETWEEN_CHECKS.toNanos())));
      listener.check();
    }
    recording.stop();
    recording.dump(file);
  }

  private static void requireRecorder() {
    if (!FlightRecorder.isAvailable()) {
      throw Failure.unavailable("this process has no flight recorder to take the profile with");
    }
  }

  private static List<Frame> frames(RecordedEvent event) {
    RecordedStackTrace stack = event.getStackTrace();
    List<Frame> frames = new ArrayList<>();
    for (RecordedFrame frame : stack.getFrames()) {
      RecordedClass type = frame.getMethod().getType();
      frames.add(
          new Frame(
              type.getName() + "." + frame.getMethod().getName(),
              source(type.getName()),
              Math.max(0, frame.getLineNumber())));
    }
    return frames;
  }

  /** The file that a class most likely comes from: recordings don't say. */
  private static String source(String type) {
    int nested = type.indexOf('$', type.lastIndexOf('.') + 2);
    String outer = nested < 0 ? type : type.substring(0, nested);
    return outer.replace('.', '/') + ".java";
  }
}
