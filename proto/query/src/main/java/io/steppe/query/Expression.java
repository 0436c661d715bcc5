package io.steppe.query;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** A filter expression, parsed. Its text parses to the same expression again. */
sealed interface Expression {
  /** Holds when any of two or more terms does. */
  record Or(List<Expression> terms) implements Expression {
    @Override
    public String toString() {
      return terms.stream().map(Expression::inner).collect(Collectors.joining(" or "));
    }
  }

  /** Holds when all of two or more terms do. */
  record And(List<Expression> terms) implements Expression {
    @Override
    public String toString() {
      return terms.stream().map(Expression::inner).collect(Collectors.joining(" and "));
    }
  }

  /** Holds when its term does not. */
  record Not(Expression term) implements Expression {
    @Override
    public String toString() {
      return "not " + inner(term);
    }
  }

  /**
   * Holds a selected value against a literal.
   *
   * @param literal empty text where the operator takes none
   */
  record Match(Selector selector, Operator operator, String literal) implements Expression {
    @Override
    public String toString() {
      return selector
          + " "
          + operator.text()
          + (operator.takesLiteral() ? " " + GoText.quoted(literal) : "");
    }
  }

  /** Holds when its inner expression does for one element, or for each, of a list or a map. */
  record Quantified(Quantifier quantifier, Selector selector, Names names, Expression inner)
      implements Expression {
    @Override
    public String toString() {
      return "%s %s as %s { %s }".formatted(quantifier.text(), selector, names, inner);
    }
  }

  /** How many elements count. */
  enum Quantifier {
    ANY,
    ALL;

    String text() {
      return this == ANY ? "any" : "all";
    }
  }

  /**
   * What elements are called inside.
   *
   * @param single a list's element, or a map's key
   * @param key a list's position, or a map's key
   * @param value the element itself
   */
  record Names(Optional<String> single, Optional<String> key, Optional<String> value) {
    static Names one(String name) {
      return new Names(Optional.of(name), Optional.empty(), Optional.empty());
    }

    static Names two(Optional<String> key, Optional<String> value) {
      return new Names(Optional.empty(), key, value);
    }

    @Override
    public String toString() {
      return single.orElseGet(() -> key.orElse("_") + ", " + value.orElse("_"));
    }
  }

  private static String inner(Expression expression) {
    return expression instanceof Match || expression instanceof Not
        ? expression.toString()
        : "(" + expression + ")";
  }
}
