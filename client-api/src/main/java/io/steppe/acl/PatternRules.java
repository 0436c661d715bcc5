package io.steppe.acl;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Capabilities for names that match patterns. One rule decides of a name: the one with that very
 * name, else the matching pattern with most characters of its own.
 */
final class PatternRules {
  static final String DENY = "deny";

  /** Asks about any name. */
  static final String ANY = "*";

  private static final Comparator<String> MOST_CHARACTERS =
      Comparator.<String>comparingInt(PatternRules::characters)
          .reversed()
          .thenComparing(Comparator.naturalOrder());

  private final Map<String, Set<String>> capabilities;
  private final List<String> patterns;

  private PatternRules(Map<String, Set<String>> capabilities) {
    this.capabilities = capabilities;
    this.patterns =
        capabilities.keySet().stream()
            .filter(pattern -> pattern.contains("*"))
            .sorted(MOST_CHARACTERS)
            .toList();
  }

  /** Rules of several policies; those of the same pattern join. */
  static <T> PatternRules of(
      Collection<T> rules,
      Function<T, String> pattern,
      Function<T, ? extends Collection<String>> given) {
    Map<String, Set<String>> capabilities = new HashMap<>();
    for (T rule : rules) {
      capabilities
          .computeIfAbsent(pattern.apply(rule), p -> new HashSet<>())
          .addAll(given.apply(rule));
    }
    return new PatternRules(capabilities);
  }

  /**
   * Whether one of the capabilities is given.
   *
   * @param anyOf empty: any of them
   * @param name "*" asks whether there is any name they are given for
   */
  boolean allow(Set<String> anyOf, String name) {
    return name.equals(ANY)
        ? capabilities.values().stream().anyMatch(given -> gives(given, anyOf))
        : rule(name).filter(given -> gives(given, anyOf)).isPresent();
  }

  private Optional<Set<String>> rule(String name) {
    Set<String> exact = capabilities.get(name);
    return exact != null
        ? Optional.of(exact)
        : patterns.stream()
            .filter(pattern -> matches(pattern, name))
            .findFirst()
            .map(capabilities::get);
  }

  private static boolean gives(Set<String> given, Set<String> anyOf) {
    if (given.contains(DENY)) {
      return false;
    }
    return anyOf.isEmpty() ? !given.isEmpty() : anyOf.stream().anyMatch(given::contains);
  }

  private static int characters(String pattern) {
    return (int) pattern.chars().filter(c -> c != '*').count();
  }

  /** Whether a name is of the pattern, in which * stands for any characters or none. */
  static boolean matches(String pattern, String name) {
    int p = 0;
    int n = 0;
    int star = -1;
    int taken = 0;
    while (n < name.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        taken = n;
      } else if (p < pattern.length() && pattern.charAt(p) == name.charAt(n)) {
        p++;
        n++;
      } else if (star >= 0) {
        p = star + 1;
        n = ++taken;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
