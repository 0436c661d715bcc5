package io.steppe.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Flags that make a JVM start fast and stay small: many of them share one machine here. */
final class JvmFlags {
  private JvmFlags() {}

  /**
   * @param heapMiB what the heap may grow to
   * @param app folder of the application, which may hold an archive of its classes
   */
  static List<String> of(long heapMiB, Path app) {
    List<String> flags = new ArrayList<>();
    flags.add("-Xms24m");
    flags.add("-Xmx" + heapMiB + "m");
    // One thread collects; the heaps are small and the cores few.
    flags.add("-XX:+UseSerialGC");
    flags.add("-XX:TieredStopAtLevel=1");
    flags.add("-XX:-UsePerfData");
    flags.add("-XX:+ExitOnOutOfMemoryError");
    flags.add("-Xshare:auto");
    flags.add("--add-opens=java.base/java.lang.invoke=ALL-UNNAMED");
    flags.add("--enable-native-access=ALL-UNNAMED");
    Path archive = app.resolve("app-cds.jsa");
    if (Files.exists(archive)) {
      flags.add("-XX:SharedArchiveFile=" + archive);
    }
    return flags;
  }
}
