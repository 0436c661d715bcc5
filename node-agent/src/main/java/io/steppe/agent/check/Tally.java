package io.steppe.agent.check;

import java.time.Duration;
import java.util.Optional;

/**
 * Failures of a check in a row.
 *
 * @param failures since the last success
 * @param due whether they ask for a restart now
 */
record Tally(int failures, boolean due) {
  static final Tally NONE = new Tally(0, false);

  /**
   * The tally after one more outcome; after a restart was asked for it begins anew.
   *
   * @param since how long what is checked runs
   */
  Tally after(Outcome outcome, Optional<CheckSpec.RestartRule> rule, Duration since) {
    if (rule.isEmpty()) {
      return NONE;
    }
    boolean failed =
        switch (outcome.kind()) {
          case PASS -> false;
          case WARN -> !rule.get().ignoreWarnings();
          case FAIL -> true;
        };
    if (!failed || since.compareTo(rule.get().grace()) < 0) {
      return NONE;
    }
    int count = due ? 1 : failures + 1;
    return new Tally(count, count >= rule.get().limit());
  }
}
