package io.steppe.agent.gc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.steppe.agent.gc.GcRule.Usage;
import io.steppe.agent.gc.GcRule.Verdict;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GcRuleTest {
  private static final GcSettings SETTINGS = new GcSettings(Duration.ofMinutes(1), 80, 70, 50, 2);

  private static Optional<Verdict> judge(double disk, double inodes, int known) {
    return GcRule.judge(SETTINGS, new Usage(disk, inodes), known);
  }

  @Test
  void nothingGoesWhileThereIsRoom() {
    assertEquals(Optional.empty(), judge(80, 70, 50));
  }

  @Test
  void aFullDiskTakesAFewAtATime() {
    assertEquals(
        Optional.of(new Verdict("disk usage of 85 % is over 80 %", 2)), judge(85.2, 0, 10));
    assertEquals(Optional.of(new Verdict("inode usage of 71 % is over 70 %", 2)), judge(0, 71, 10));
  }

  @Test
  void tooManyAllocationsTakeWhatIsTooMuch() {
    assertEquals(
        Optional.of(new Verdict("number of allocations (57) is over the limit (50)", 7)),
        judge(10, 10, 57));
  }
}
