package io.steppe.query;

import com.google.protobuf.Message;
import io.steppe.json.Json;
import io.steppe.json.Value;

/**
 * A filter expression as users of Nomad's API write them: {@code Status == "ready" and Meta.rack
 * matches "^r1"}. Immutable, and safe to use from several threads.
 *
 * <p>Selectors name values by their JSON keys; literals are taken as the type of what they are
 * compared with. A name that a map does not have equals nothing, contains nothing, and is empty.
 */
public final class Filter {
  /** Characters an expression may have. */
  public static final int MAX_LENGTH = 16 << 10;

  /** Levels of parentheses, negations and element conditions an expression may have. */
  public static final int MAX_DEPTH = 64;

  private final Expression expression;
  private final Condition condition;

  private Filter(Expression expression) {
    this.expression = expression;
    this.condition = Conditions.of(expression);
  }

  /**
   * The filter of an expression.
   *
   * @throws InvalidFilterException of kind SYNTAX for what is no expression
   */
  public static Filter parse(String expression) {
    return new Filter(Parser.parse(expression));
  }

  /**
   * Whether the expression holds for a message of {@code steppe.v1}.
   *
   * @throws InvalidFilterException of kind EVALUATION where it names what the message does not
   *     have, or compares what can't be compared
   */
  public boolean matches(Message object) {
    return matches(Json.value(object));
  }

  /**
   * Looks whether its names are those of a shape.
   *
   * @throws InvalidFilterException of kind EVALUATION for a name that no value of the shape has
   */
  void check(Shape shape) {
    Names.of(shape).check(expression);
  }

  /**
   * Whether the expression holds for a value that is no message.
   *
   * @throws InvalidFilterException of kind EVALUATION where it names what the value does not have,
   *     or compares what can't be compared
   */
  public boolean matches(Value object) {
    return condition.holds(new Scope(object));
  }

  /** The expression, written plainly. */
  @Override
  public String toString() {
    return expression.toString();
  }
}
