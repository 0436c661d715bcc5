package io.steppe.agent.gc;

import java.util.Locale;
import java.util.Optional;

/** Decides whether finished allocations have to go, and why. */
final class GcRule {
  /**
   * Of the file system the allocations are on.
   *
   * @param disk percent of bytes in use
   * @param inodes percent of inodes in use
   */
  record Usage(double disk, double inodes) {}

  /**
   * @param count how many have to go before the next look
   */
  record Verdict(String reason, int count) {}

  private GcRule() {}

  /**
   * @param known allocations the node knows, running ones too
   */
  static Optional<Verdict> judge(GcSettings settings, Usage usage, int known) {
    int atOnce = settings.parallelDestroys();
    if (usage.disk() > settings.diskUsage()) {
      return Optional.of(
          new Verdict(over("disk usage", usage.disk(), settings.diskUsage()), atOnce));
    }
    if (usage.inodes() > settings.inodeUsage()) {
      return Optional.of(
          new Verdict(over("inode usage", usage.inodes(), settings.inodeUsage()), atOnce));
    }
    if (known > settings.maxAllocs()) {
      return Optional.of(
          new Verdict(
              "number of allocations ("
                  + known
                  + ") is over the limit ("
                  + settings.maxAllocs()
                  + ")",
              known - settings.maxAllocs()));
    }
    return Optional.empty();
  }

  private static String over(String what, double percent, double limit) {
    return String.format(Locale.ROOT, "%s of %.0f %% is over %.0f %%", what, percent, limit);
  }
}
