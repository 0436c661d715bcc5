package io.steppe.alloc.scheduler.feasibility;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a version or semver constraint allows: ">= 1.2, < 2", "~> 1.4".
 *
 * @param strict pre-releases are ordered as semantic versioning has it; otherwise a term without a
 *     pre-release allows none
 */
record VersionRange(List<Term> terms, boolean strict) {

  /** One comparison. */
  record Term(String operator, Version version) {}

  private static final List<String> OPERATORS = List.of("~>", ">=", "<=", "!=", ">", "<", "=");

  /** Reads a range; empty when it is none. */
  static Optional<VersionRange> parse(String text, boolean strict) {
    List<Term> terms = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String term = part.trim();
      String operator = OPERATORS.stream().filter(term::startsWith).findFirst().orElse("");
      if (strict && operator.equals("~>")) {
        return Optional.empty();
      }
      Optional<Version> version = Version.parse(term.substring(operator.length()));
      if (version.isEmpty()) {
        return Optional.empty();
      }
      terms.add(new Term(operator.isEmpty() ? "=" : operator, version.get()));
    }
    return Optional.of(new VersionRange(List.copyOf(terms), strict));
  }

  boolean allows(Version version) {
    return terms.stream().allMatch(term -> allows(term, version));
  }

  private boolean allows(Term term, Version version) {
    int order = version.compareTo(term.version());
    return switch (term.operator()) {
      case "=" -> order == 0;
      case "!=" -> order != 0;
      case ">" -> order > 0 && comparable(term.version(), version);
      case ">=" -> order >= 0 && comparable(term.version(), version);
      case "<" -> order < 0 && comparable(term.version(), version);
      case "<=" -> order <= 0 && comparable(term.version(), version);
      default ->
          order >= 0 && comparable(term.version(), version) && samePrefix(term.version(), version);
    };
  }

  private boolean comparable(Version asked, Version version) {
    if (strict || version.prerelease().isEmpty()) {
      return true;
    }
    return !asked.prerelease().isEmpty() && asked.sameSegments(version);
  }

  /** ~> 1.2.3 allows any later last segment: 1.2.x. */
  private static boolean samePrefix(Version asked, Version version) {
    for (int i = 0; i < asked.segments().size() - 1; i++) {
      if (!asked.segment(i).equals(version.segment(i))) {
        return false;
      }
    }
    return true;
  }
}
