package io.steppe.http.audit;

import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the log leaves out. */
record Leaving(List<Rule> rules) {
  private static final String ANY = "*";

  /** Leaves out what all three name. */
  record Rule(List<Pattern> endpoints, List<String> stages, List<String> operations) {
    static Rule of(AuditSettings.Filter filter) {
      return new Rule(
          filter.endpoints().stream().map(Rule::pattern).toList(),
          filter.stages(),
          filter.operations());
    }

    boolean matches(Stage stage, String method, String path) {
      return holds(stages, stage.text())
          && holds(operations, method)
          && endpoints.stream().anyMatch(pattern -> pattern.matcher(path).matches());
    }

    private static boolean holds(List<String> list, String value) {
      return list.stream().anyMatch(one -> one.equals(ANY) || one.equalsIgnoreCase(value));
    }

    private static Pattern pattern(String glob) {
      String[] parts = glob.split("\\*", -1);
      return Pattern.compile(
          java.util.Arrays.stream(parts).map(Pattern::quote).collect(Collectors.joining(".*")));
    }
  }

  static Leaving of(Collection<AuditSettings.Filter> filters) {
    return new Leaving(filters.stream().map(Rule::of).toList());
  }

  /** Whether an entry is written. */
  boolean keeps(Stage stage, String method, String path) {
    return rules.stream().noneMatch(rule -> rule.matches(stage, method, path));
  }
}
