package io.steppe.cluster;

import java.util.List;

/** JVM flags of the launcher itself; the script {@code steppe} gives the same. */
final class LauncherFlags {
  static final List<String> ALL =
      List.of(
          "-Xms8m",
          "-Xmx64m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:-UsePerfData",
          "-Xshare:auto");

  private LauncherFlags() {}
}
