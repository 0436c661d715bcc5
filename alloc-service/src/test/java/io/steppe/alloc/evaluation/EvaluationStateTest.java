package io.steppe.alloc.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.steppe.alloc.evaluation.EvaluationState.Blocked;
import io.steppe.alloc.evaluation.EvaluationState.Canceled;
import io.steppe.alloc.evaluation.EvaluationState.Complete;
import io.steppe.alloc.evaluation.EvaluationState.Failed;
import io.steppe.alloc.evaluation.EvaluationState.Pending;
import io.steppe.alloc.evaluation.EvaluationState.Step;
import io.steppe.proto.v1.Evaluation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EvaluationStateTest {
  private static final List<EvaluationState> STATES =
      List.of(
          new Pending(0),
          new Pending(17),
          new Blocked(),
          new Complete(),
          new Failed("f"),
          new Canceled("c"));

  private static final Map<Step, EvaluationState> LEADS_TO =
      Map.of(
          new Step.Finish(), new Complete(),
          new Step.Block(), new Blocked(),
          new Step.GiveUp("no"), new Failed("no"),
          new Step.Cancel("other"), new Canceled("other"));

  @Test
  void everyStepFromEveryState() {
    for (var state : STATES) {
      for (var step : LEADS_TO.entrySet()) {
        boolean open = state instanceof Pending || state instanceof Blocked;
        assertEquals(open, state.isOpen());
        assertEquals(
            open ? Optional.of(step.getValue()) : Optional.empty(),
            state.after(step.getKey()),
            state + " " + step);
      }
    }
  }

  @Test
  void everyStateIsStoredAndReadBack() {
    for (var state : STATES) {
      assertEquals(state, EvaluationState.of(state.in(Evaluation.getDefaultInstance())));
    }
  }

  @Test
  void anUnknownStatusIsADefect() {
    var odd = Evaluation.newBuilder().setId("e").setStatus("odd").build();
    assertThrows(IllegalStateException.class, () -> EvaluationState.of(odd));
  }
}
