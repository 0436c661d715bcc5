package io.steppe.agent.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.steppe.agent.check.CheckSpec.RestartRule;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TallyTest {
  private static final Outcome WARNING = new Outcome(Outcome.Kind.WARN, 0, "");
  private static final Outcome FAILURE = Outcome.fail("");
  private static final Duration LATE = Duration.ofMinutes(1);

  private static Optional<RestartRule> rule(boolean ignoreWarnings) {
    return Optional.of(new RestartRule(2, Duration.ofSeconds(10), ignoreWarnings, ""));
  }

  @Test
  void failuresInARowAskForARestart() {
    Tally one = Tally.NONE.after(FAILURE, rule(false), LATE);
    assertEquals(new Tally(1, false), one);
    Tally two = one.after(FAILURE, rule(false), LATE);
    assertEquals(new Tally(2, true), two);
    assertEquals(new Tally(1, false), two.after(FAILURE, rule(false), LATE));
  }

  @Test
  void aSuccessEndsTheRow() {
    Tally one = Tally.NONE.after(FAILURE, rule(false), LATE);
    assertEquals(Tally.NONE, one.after(Outcome.pass(""), rule(false), LATE));
  }

  @Test
  void failuresInTheGraceAreNotCounted() {
    assertEquals(Tally.NONE, Tally.NONE.after(FAILURE, rule(false), Duration.ofSeconds(9)));
  }

  @Test
  void warningsCountUnlessTheyAreIgnored() {
    assertEquals(new Tally(1, false), Tally.NONE.after(WARNING, rule(false), LATE));
    assertEquals(Tally.NONE, Tally.NONE.after(WARNING, rule(true), LATE));
  }

  @Test
  void withoutARuleNothingIsCounted() {
    assertEquals(Tally.NONE, Tally.NONE.after(FAILURE, Optional.empty(), LATE));
  }
}
