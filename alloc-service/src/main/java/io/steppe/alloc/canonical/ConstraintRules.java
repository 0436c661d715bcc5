package io.steppe.alloc.canonical;

import io.steppe.alloc.scheduler.feasibility.Condition;
import io.steppe.proto.v1.Affinity;
import io.steppe.proto.v1.Constraint;
import io.steppe.proto.v1.Spread;
import io.steppe.proto.v1.SpreadTarget;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What constraints, affinities and spreads must be. */
final class ConstraintRules {
  private static final Set<String> WITHOUT_RIGHT =
      Set.of("is_set", "is_not_set", "distinct_hosts", "distinct_property");
  private static final int MAX_ALLOWED = 1_000_000;

  private ConstraintRules() {}

  static void constraints(List<Constraint> constraints, Problems problems) {
    for (int i = 0; i < constraints.size(); i++) {
      problems.within("Constraint " + (i + 1), constraint(constraints.get(i)));
    }
  }

  static void affinities(List<Affinity> affinities, Problems problems) {
    for (int i = 0; i < affinities.size(); i++) {
      problems.within("Affinity " + (i + 1), affinity(affinities.get(i)));
    }
  }

  static void spreads(List<Spread> spreads, Problems problems) {
    for (int i = 0; i < spreads.size(); i++) {
      problems.within("Spread " + (i + 1), spread(spreads.get(i)));
    }
  }

  private static Problems constraint(Constraint constraint) {
    var problems = new Problems();
    String operand = constraint.getOperand();
    if (operand.isEmpty()) {
      problems.add("Missing constraint operand");
      return problems;
    }
    operands("constraint", operand, constraint.getLTarget(), constraint.getRTarget(), problems);
    if (operand.equals("distinct_property") && !constraint.getRTarget().isEmpty()) {
      allowedCount(constraint.getRTarget(), problems);
    }
    if (operand.equals("distinct_hosts") && !constraint.getRTarget().isEmpty()) {
      boolean flag =
          constraint.getRTarget().equals("true") || constraint.getRTarget().equals("false");
      problems.addIf(
          !flag,
          "RTarget of distinct_hosts must be true or false, got \""
              + constraint.getRTarget()
              + "\"");
    }
    return problems;
  }

  private static void allowedCount(String text, Problems problems) {
    boolean number = text.length() < 10 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!number) {
      problems.add("Failed to convert RTarget \"" + text + "\" to uint64");
      return;
    }
    int count = Integer.parseInt(text);
    problems.addIf(
        count < 1 || count > MAX_ALLOWED,
        "Distinct Property must have an allowed count of 1 or greater: " + count + " < 1");
  }

  private static void operands(
      String kind, String operand, String left, String right, Problems problems) {
    if (!Condition.operands().contains(operand)) {
      problems.add("Unknown " + kind + " type \"" + operand + "\"");
      return;
    }
    if (!operand.equals("distinct_hosts") && left.isEmpty()) {
      problems.add("No LTarget provided but is required by " + kind);
    }
    if (!WITHOUT_RIGHT.contains(operand) && right.isEmpty()) {
      problems.add("Operator \"" + operand + "\" requires an RTarget");
    }
    boolean fixed = !right.startsWith("${");
    switch (operand) {
      case "regexp" ->
          problems.addIf(
              fixed && Condition.pattern(right).isEmpty(),
              "Regular expression failed to compile: error parsing regexp: `" + right + "`");
      case "version" ->
          problems.addIf(
              fixed && !Condition.versionRange(right, false),
              "Version constraint is invalid: Malformed constraint: " + right);
      case "semver" ->
          problems.addIf(
              fixed && !Condition.versionRange(right, true),
              "Semver constraint is invalid: Malformed constraint: " + right);
      default -> {}
    }
  }

  private static Problems affinity(Affinity affinity) {
    var problems = new Problems();
    if (affinity.getOperand().isEmpty()) {
      problems.add("Missing affinity operand");
    } else {
      operands(
          "affinity",
          affinity.getOperand(),
          affinity.getLTarget(),
          affinity.getRTarget(),
          problems);
    }
    problems.addIf(affinity.getWeight() == 0, "Affinity weight cannot be zero");
    problems.addIf(
        affinity.getWeight() > 100 || affinity.getWeight() < -100,
        "Affinity weight must be within the range [-100,100]");
    return problems;
  }

  private static Problems spread(Spread spread) {
    var problems = new Problems();
    problems.addIf(spread.getAttribute().isEmpty(), "Missing spread attribute");
    problems.addIf(
        spread.getWeight() <= 0 || spread.getWeight() > 100,
        "Spread block must have a positive weight from 0 to 100");
    Set<String> seen = new HashSet<>();
    long sum = 0;
    for (SpreadTarget target : spread.getSpreadTargetList()) {
      problems.addIf(
          !seen.add(target.getValue()),
          "Spread target value \"" + target.getValue() + "\" already defined");
      problems.addIf(
          target.getPercent() < 0 || target.getPercent() > 100,
          "Spread target percentage for value \""
              + target.getValue()
              + "\" must be between 0 and 100");
      sum += target.getPercent();
    }
    problems.addIf(
        sum > 100,
        "Sum of spread target percentages must not be greater than 100%; got " + sum + "%");
    return problems;
  }
}
