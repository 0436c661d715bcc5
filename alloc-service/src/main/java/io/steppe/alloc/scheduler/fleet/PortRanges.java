package io.steppe.alloc.scheduler.fleet;

import java.util.BitSet;

/** Port lists as operators write them: "22,80,8000-8005". */
public final class PortRanges {
  /** Ports are below this. */
  public static final int LIMIT = 65536;

  private PortRanges() {}

  /** The ports of a list; what is no port or range is left out. */
  public static BitSet parse(String text) {
    var ports = new BitSet();
    for (String part : text.split(",")) {
      String range = part.trim();
      if (range.isEmpty()) {
        continue;
      }
      int dash = range.indexOf('-');
      int from = port(dash < 0 ? range : range.substring(0, dash));
      int to = port(dash < 0 ? range : range.substring(dash + 1));
      if (from >= 0 && to >= from) {
        ports.set(from, to + 1);
      }
    }
    return ports;
  }

  private static int port(String text) {
    String digits = text.trim();
    if (digits.isEmpty()
        || digits.length() > 5
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    int port = Integer.parseInt(digits);
    return port < LIMIT ? port : -1;
  }
}
