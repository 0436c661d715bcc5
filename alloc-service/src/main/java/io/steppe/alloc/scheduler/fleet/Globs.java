package io.steppe.alloc.scheduler.fleet;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Datacenters a job names: words with stars for any number of characters. Each datacenter is looked
 * at once.
 */
public final class Globs {
  private final List<String> patterns;
  private final Map<String, Boolean> known = new HashMap<>();

  public Globs(List<String> patterns) {
    this.patterns = patterns;
  }

  /** Whether one of the patterns matches. */
  public boolean matches(String word) {
    return known.computeIfAbsent(
        word, text -> patterns.stream().anyMatch(pattern -> matches(pattern, text)));
  }

  private static boolean matches(String pattern, String word) {
    String[] parts = pattern.split("\\*", -1);
    if (parts.length == 1) {
      return pattern.equals(word);
    }
    String last = parts[parts.length - 1];
    if (!word.startsWith(parts[0])
        || !word.endsWith(last)
        || word.length() < parts[0].length() + last.length()) {
      return false;
    }
    int at = parts[0].length();
    int end = word.length() - last.length();
    for (int i = 1; i < parts.length - 1; i++) {
      int found = word.indexOf(parts[i], at);
      if (found < 0 || found + parts[i].length() > end) {
        return false;
      }
      at = found + parts[i].length();
    }
    return true;
  }
}
