package io.steppe.alloc.scheduler.feasibility;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.proto.v1.Affinity;
import io.steppe.proto.v1.Constraint;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;

/**
 * A constraint or affinity, read once and then asked of many nodes.
 *
 * @param text as metrics show it: {@code ${attr.kernel.name} = windows}
 */
public record Condition(String text, Target left, Target right, Relation relation) {

  /** What has to be between the two sides; either may have no value on a node. */
  public interface Relation extends BiPredicate<Optional<String>, Optional<String>> {}

  private static final Set<String> PLACEMENT_OPERANDS =
      Set.of("distinct_hosts", "distinct_property");
  private static final int MAX_PATTERN_LENGTH = 4096;

  /**
   * Reads a constraint; distinct_hosts and distinct_property hold for every node here, they depend
   * on other allocations.
   */
  public static Condition of(Constraint constraint, String region) {
    return of(constraint.getLTarget(), constraint.getOperand(), constraint.getRTarget(), region);
  }

  /** Reads an affinity. */
  public static Condition of(Affinity affinity, String region) {
    return of(affinity.getLTarget(), affinity.getOperand(), affinity.getRTarget(), region);
  }

  private static Condition of(String left, String operand, String right, String region) {
    String text = left + " " + operand + " " + right;
    return new Condition(
        text, Target.of(left, region), Target.of(right, region), relation(operand, right));
  }

  /** Whether it holds on a node. */
  public boolean holds(NodeFacts node) {
    return relation.test(left.resolve(node), right.resolve(node));
  }

  /** Whether nodes of one computed class may answer differently. */
  public boolean unique() {
    return left.unique() || right.unique();
  }

  /** Whether it is about where other allocations are, not about the node. */
  public static boolean aboutPlacement(Constraint constraint) {
    return PLACEMENT_OPERANDS.contains(constraint.getOperand());
  }

  private static Relation relation(String operand, String rightText) {
    return switch (operand) {
      case "", "=", "==", "is" -> (left, right) -> left.isPresent() && left.equals(right);
      case "!=", "not" -> (left, right) -> !left.equals(right);
      case "<" -> (left, right) -> order(left, right).filter(order -> order < 0).isPresent();
      case "<=" -> (left, right) -> order(left, right).filter(order -> order <= 0).isPresent();
      case ">" -> (left, right) -> order(left, right).filter(order -> order > 0).isPresent();
      case ">=" -> (left, right) -> order(left, right).filter(order -> order >= 0).isPresent();
      case "regexp" -> regexp(rightText);
      case "version" -> version(rightText, false);
      case "semver" -> version(rightText, true);
      case "set_contains", "set_contains_all" ->
          (left, right) ->
              left.isPresent()
                  && right.isPresent()
                  && set(left.get()).containsAll(set(right.get()));
      case "set_contains_any" ->
          (left, right) ->
              left.isPresent()
                  && right.isPresent()
                  && set(right.get()).stream().anyMatch(set(left.get())::contains);
      case "is_set" -> (left, right) -> left.isPresent();
      case "is_not_set" -> (left, right) -> left.isEmpty();
      case "distinct_hosts", "distinct_property" -> (left, right) -> true;
      default -> (left, right) -> false;
    };
  }

  /** Numbers are compared as numbers, anything else as text. */
  private static Optional<Integer> order(Optional<String> left, Optional<String> right) {
    if (left.isEmpty() || right.isEmpty()) {
      return Optional.empty();
    }
    Optional<Double> leftNumber = number(left.get());
    Optional<Double> rightNumber = number(right.get());
    if (leftNumber.isPresent() && rightNumber.isPresent()) {
      return Optional.of(leftNumber.get().compareTo(rightNumber.get()));
    }
    return Optional.of(left.get().compareTo(right.get()));
  }

  private static Optional<Double> number(String text) {
    if (text.isEmpty()
        || !text.chars().allMatch(c -> c >= '0' && c <= '9' || c == '.' || c == '-' || c == '+')) {
      return Optional.empty();
    }
    try {
      return Optional.of(Double.parseDouble(text));
    } catch (NumberFormatException notANumber) {
      return Optional.empty();
    }
  }

  private static Set<String> set(String text) {
    return Arrays.stream(text.split(",")).map(String::trim).collect(Collectors.toSet());
  }

  private static Relation regexp(String text) {
    Optional<Pattern> known = pattern(text);
    boolean fixed = !text.startsWith("${");
    return (left, right) -> {
      Optional<Pattern> pattern = fixed ? known : right.flatMap(Condition::pattern);
      return left.isPresent() && pattern.isPresent() && pattern.get().matcher(left.get()).find();
    };
  }

  /** A regular expression in RE2's syntax; empty for what is none. */
  public static Optional<Pattern> pattern(String text) {
    if (text.length() > MAX_PATTERN_LENGTH) {
      return Optional.empty();
    }
    try {
      return Optional.of(Pattern.compile(text));
    } catch (PatternSyntaxException invalid) {
      return Optional.empty();
    }
  }

  private static Relation version(String text, boolean strict) {
    Optional<VersionRange> known = VersionRange.parse(text, strict);
    boolean fixed = !text.startsWith("${");
    return (left, right) -> {
      Optional<VersionRange> range =
          fixed ? known : right.flatMap(value -> VersionRange.parse(value, strict));
      Optional<Version> version = left.flatMap(Version::parse);
      return range.isPresent() && version.isPresent() && range.get().allows(version.get());
    };
  }

  /** Whether a text is a range of versions. */
  public static boolean versionRange(String text, boolean strict) {
    return VersionRange.parse(text, strict).isPresent();
  }

  /** All operands a constraint may have. */
  public static List<String> operands() {
    return List.of(
        "=",
        "==",
        "is",
        "!=",
        "not",
        "<",
        "<=",
        ">",
        ">=",
        "regexp",
        "version",
        "semver",
        "set_contains",
        "set_contains_all",
        "set_contains_any",
        "is_set",
        "is_not_set",
        "distinct_hosts",
        "distinct_property");
  }
}
