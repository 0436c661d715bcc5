package io.steppe.cluster;

import java.util.ArrayList;
import java.util.List;

/**
 * Flags that make a JVM start fast and stay small: many of them share one machine here.
 * docs/adr/0021 has the figures.
 */
final class JvmFlags {
  private JvmFlags() {}

  /**
   * @param heapMiB what the heap may grow to
   * @param more flags that a person wants besides, separated by blanks
   */
  static List<String> of(long heapMiB, String more) {
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
    if (!more.isBlank()) {
      flags.addAll(List.of(more.strip().split("\\s+", -1)));
    }
    return flags;
  }
}
