package io.steppe.alloc.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.proto.v1.Evaluation;
import java.util.List;
import org.junit.jupiter.api.Test;

class BlockedEvaluationsTest {
  private final BlockedEvaluations blocked = new BlockedEvaluations();

  private static Evaluation waits(String id, long snapshot) {
    return Evaluation.newBuilder()
        .setId(id)
        .setSnapshotIndex(snapshot)
        .putClassEligibility("fits", true)
        .putClassEligibility("never", false)
        .build();
  }

  @Test
  void roomOfAClassWakesThoseItMayHelp() {
    var evaluation = waits("e", 10);
    assertFalse(blocked.add(evaluation));
    assertEquals(List.of(), blocked.room("never", 11));
    assertEquals(List.of(evaluation), blocked.room("fits", 12));
    assertEquals(List.of(evaluation), blocked.room("not seen yet", 13));
  }

  @Test
  void whatAsksForMoreThanClassesTellIsWokenByAny() {
    var evaluation = waits("e", 10).toBuilder().setEscapedComputedClass(true).build();
    blocked.add(evaluation);
    assertEquals(List.of(evaluation), blocked.room("never", 11));
  }

  @Test
  void roomThatAppearedBetweenSnapshotAndCommitIsNotMissed() {
    blocked.room("fits", 12);
    assertTrue(blocked.add(waits("e", 10)));
    assertFalse(blocked.add(waits("f", 12)));
  }

  @Test
  void roomThatAppearedWhileItWasTriedIsNotMissed() {
    blocked.add(waits("e", 10));
    blocked.room("fits", 12);
    assertFalse(blocked.tried("e", 12));
    blocked.room("fits", 14);
    assertTrue(blocked.tried("e", 13));
    assertFalse(blocked.tried("gone", 13));
  }

  @Test
  void roomAnEvaluationHasSeenDoesNotWakeIt() {
    blocked.add(waits("e", 10));
    assertEquals(List.of(), blocked.room("fits", 10));
  }

  @Test
  void roomOfMoreClassesThanAreRememberedIsNotMissed() {
    blocked.room("fits", 12);
    for (int n = 0; n < BlockedEvaluations.CLASSES; n++) {
      blocked.room("node " + n, 20 + n);
    }
    assertTrue(blocked.add(waits("e", 10)));
    assertFalse(blocked.add(waits("f", 20 + BlockedEvaluations.CLASSES)));
  }
}
