package io.steppe.diagnostics.profile;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Where the threads of this process are, at a moment. */
final class ThreadStacks {
  private static final String NO_FRAMES = "(no frames)";

  private ThreadStacks() {}

  /** All threads, virtual ones too where the virtual machine can list them. */
  static Stacks all() throws IOException {
    if (VirtualMachine.isNativeImage()) {
      return ofPlatform();
    }
    Path folder = Files.createTempDirectory("steppe-threads");
    Path dump = folder.resolve("threads.json");
    try {
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(dump.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.JSON);
      Stacks stacks = empty("goroutine");
      read(dump, stacks);
      return stacks;
    } finally {
      Files.deleteIfExists(dump);
      Files.deleteIfExists(folder);
    }
  }

  /** The threads that the system knows. */
  static Stacks ofPlatform() {
    Stacks stacks = empty("threadcreate");
    Thread.getAllStackTraces()
        .values()
        .forEach(
            stack ->
                stacks.add(
                    orNone(
                        Stream.of(stack)
                            .map(
                                frame ->
                                    new Frame(
                                        frame.getClassName() + "." + frame.getMethodName(),
                                        String.valueOf(frame.getFileName()),
                                        Math.max(0, frame.getLineNumber())))
                            .toList()),
                    1));
    return stacks;
  }

  private static Stacks empty(String kind) {
    return new Stacks(List.of(new Stacks.Kind(kind, "count")), Instant.now(), Duration.ZERO);
  }

  /** Every list called "stack" is a thread's. */
  private static void read(Path dump, Stacks stacks) throws IOException {
    try (JsonParser in = new JsonFactory().createParser(dump.toFile())) {
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        if (token == JsonToken.START_ARRAY && "stack".equals(in.currentName())) {
          List<Frame> frames = new ArrayList<>();
          while (in.nextToken() != JsonToken.END_ARRAY) {
            frames.add(Frame.parse(in.getText()));
          }
          stacks.add(orNone(frames), 1);
        }
      }
    }
  }

  private static List<Frame> orNone(List<Frame> frames) {
    return frames.isEmpty() ? List.of(new Frame(NO_FRAMES, "", 0)) : frames;
  }
}
