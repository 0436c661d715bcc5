package io.steppe.agent.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.agent.task.RestartRule.Count;
import io.steppe.agent.task.RestartRule.Ending;
import io.steppe.agent.task.RestartRule.Mode;
import io.steppe.agent.task.RestartRule.Verdict;
import java.time.Duration;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RestartRuleTest {
  private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");
  private static final Ending FAILED = new Ending.Exited(new Exit(1, 0, ""));
  private static final Ending WELL = new Ending.Exited(Exit.SUCCESS);

  private static RestartRule rule(int attempts, Mode mode, boolean onSuccess) {
    return new RestartRule(
        attempts, Duration.ofMinutes(10), Duration.ofSeconds(15), mode, onSuccess);
  }

  @Test
  void aBatchTaskThatEndedWellIsDone() {
    assertInstanceOf(
        Verdict.Finish.class, rule(3, Mode.FAIL, false).judge(new Count(0, BEGAN), WELL, BEGAN, 0));
  }

  @Test
  void aServiceTaskThatEndedWellStartsAgain() {
    Verdict verdict = rule(2, Mode.FAIL, true).judge(new Count(0, BEGAN), WELL, BEGAN, 0);
    assertEquals(
        new Verdict.Restart(Duration.ofSeconds(15), "Restart within policy", new Count(1, BEGAN)),
        verdict);
  }

  @Test
  void withoutAttemptsItFails() {
    Verdict verdict = rule(0, Mode.FAIL, true).judge(new Count(0, BEGAN), WELL, BEGAN, 0);
    assertEquals(new Verdict.Fail("Policy allows no restarts", new Count(0, BEGAN)), verdict);
  }

  @Test
  void anUnrecoverableStartIsNotRepeated() {
    Verdict verdict =
        rule(3, Mode.DELAY, true)
            .judge(new Count(0, BEGAN), new Ending.StartFailed(false), BEGAN, 0);
    assertEquals("Error was unrecoverable", assertInstanceOf(Verdict.Fail.class, verdict).reason());
  }

  @Test
  void afterTheLastAttemptItFailsOrWaitsForTheNextInterval() {
    Instant now = BEGAN.plusSeconds(60);
    Verdict fail = rule(2, Mode.FAIL, true).judge(new Count(2, BEGAN), FAILED, now, 0);
    assertEquals(
        "Exceeded allowed attempts 2 in interval 10m0s and mode is \"fail\"",
        assertInstanceOf(Verdict.Fail.class, fail).reason());

    Verdict delay = rule(2, Mode.DELAY, true).judge(new Count(2, BEGAN), FAILED, now, 0);
    assertEquals(Duration.ofMinutes(9), assertInstanceOf(Verdict.Restart.class, delay).after());
  }

  @Property
  void inAnIntervalThereAreNeverMoreRestartsThanAttempts(
      @ForAll @IntRange(min = 1, max = 6) int attempts,
      @ForAll @IntRange(min = 0, max = 300) int lastsSeconds,
      @ForAll @DoubleRange(min = 0, max = 0.99) double random) {
    RestartRule rule = rule(attempts, Mode.FAIL, true);
    Count count = new Count(0, BEGAN);
    Instant now = BEGAN;
    int restarts = 0;
    while (rule.judge(count, FAILED, now, random)
        instanceof Verdict.Restart(Duration after, String _, Count next)) {
      assertTrue(
          after.compareTo(Duration.ofSeconds(15)) >= 0
              && after.compareTo(Duration.ofMillis(18_750)) <= 0);
      restarts = next.began().equals(count.began()) ? restarts + 1 : 1;
      assertTrue(restarts <= attempts);
      count = next;
      now = now.plus(after).plusSeconds(lastsSeconds);
      if (now.isAfter(BEGAN.plus(Duration.ofHours(2)))) {
        return;
      }
    }
    assertTrue(now.isBefore(count.began().plus(Duration.ofMinutes(10)).plusSeconds(1)));
    assertEquals(attempts, restarts);
  }
}
