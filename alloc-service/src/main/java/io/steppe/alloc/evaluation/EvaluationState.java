package io.steppe.alloc.evaluation;

import io.steppe.proto.v1.Evaluation;
import java.util.Optional;

/** Where an evaluation is in its life. Only {@link #after} says what can follow what. */
public sealed interface EvaluationState {
  /** Waits for the scheduler, from a time on (Unix nanoseconds; 0 for at once). */
  record Pending(long from) implements EvaluationState {}

  /** Was decided, but found no room for all of it: waits until there may be. */
  record Blocked() implements EvaluationState {}

  /** Was decided. */
  record Complete() implements EvaluationState {}

  /** Was given up. */
  record Failed(String why) implements EvaluationState {}

  /** Another one does its work. */
  record Canceled(String why) implements EvaluationState {}

  /** What happens to an evaluation. */
  sealed interface Step {
    /** A plan was applied that leaves nothing to place. */
    record Finish() implements Step {}

    /** A plan was applied, and the evaluation itself waits for the room that was missing. */
    record Block() implements Step {}

    /** No plan came about. */
    record GiveUp(String why) implements Step {}

    /** It is not needed any more. */
    record Cancel(String why) implements Step {}
  }

  /** The state this step leads to; empty where it can't happen. */
  default Optional<EvaluationState> after(Step step) {
    return switch (this) {
      case Pending _ -> Optional.of(target(step));
      case Blocked _ -> Optional.of(target(step));
      case Complete _, Failed _, Canceled _ -> Optional.empty();
    };
  }

  private static EvaluationState target(Step step) {
    return switch (step) {
      case Step.Finish _ -> new Complete();
      case Step.Block _ -> new Blocked();
      case Step.GiveUp(var why) -> new Failed(why);
      case Step.Cancel(var why) -> new Canceled(why);
    };
  }

  /** Whether the evaluation still waits for something. */
  default boolean isOpen() {
    return switch (this) {
      case Pending _, Blocked _ -> true;
      case Complete _, Failed _, Canceled _ -> false;
    };
  }

  /** The state a stored evaluation is in. */
  static EvaluationState of(Evaluation evaluation) {
    return switch (evaluation.getStatus()) {
      case "pending" -> new Pending(evaluation.getWaitUntil());
      case "blocked" -> new Blocked();
      case "complete" -> new Complete();
      case "failed" -> new Failed(evaluation.getStatusDescription());
      case "canceled" -> new Canceled(evaluation.getStatusDescription());
      default ->
          throw new IllegalStateException(
              "evaluation " + evaluation.getId() + " has status " + evaluation.getStatus());
    };
  }

  /** The evaluation in this state. */
  default Evaluation in(Evaluation evaluation) {
    var changed = evaluation.toBuilder();
    return switch (this) {
      case Pending(var from) -> changed.setStatus("pending").setWaitUntil(from).build();
      case Blocked _ -> changed.setStatus("blocked").build();
      case Complete _ -> changed.setStatus("complete").clearStatusDescription().build();
      case Failed(var why) -> changed.setStatus("failed").setStatusDescription(why).build();
      case Canceled(var why) -> changed.setStatus("canceled").setStatusDescription(why).build();
    };
  }

  /** Whether a stored evaluation still waits for something. */
  static boolean isOpen(Evaluation evaluation) {
    return of(evaluation).isOpen();
  }
}
