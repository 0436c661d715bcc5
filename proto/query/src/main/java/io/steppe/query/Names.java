package io.steppe.query;

import io.steppe.query.Expression.And;
import io.steppe.query.Expression.Match;
import io.steppe.query.Expression.Not;
import io.steppe.query.Expression.Or;
import io.steppe.query.Expression.Quantified;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What selectors may name where values are of a known shape.
 *
 * @param object the whole value
 * @param bound names given by element conditions
 */
record Names(Shape object, Map<String, Shape> bound) {

  static Names of(Shape object) {
    return new Names(object, Map.of());
  }

  /**
   * Looks whether every name of an expression is there.
   *
   * @throws InvalidFilterException of kind EVALUATION for one that no value of the shape has
   */
  void check(Expression expression) {
    switch (expression) {
      case Or(List<Expression> terms) -> terms.forEach(this::check);
      case And(List<Expression> terms) -> terms.forEach(this::check);
      case Not(Expression term) -> check(term);
      case Match match -> find(match.selector());
      case Quantified quantified -> with(quantified).check(quantified.inner());
    }
  }

  private Names with(Quantified quantified) {
    Shape shape = find(quantified.selector());
    Shape element =
        shape
            .elements()
            .orElseThrow(
                () ->
                    InvalidFilterException.evaluation(
                        quantified.selector().name() + " is not a list or a map"));
    Map<String, Shape> names = new HashMap<>(bound);
    Expression.Names given = quantified.names();
    Shape single =
        switch (shape) {
          case Shape.Items _ -> element;
          case Shape.Entries _ -> new Shape.Leaf();
          default -> new Shape.Free();
        };
    given.single().ifPresent(name -> names.put(name, single));
    given.key().ifPresent(name -> names.put(name, new Shape.Leaf()));
    given.value().ifPresent(name -> names.put(name, element));
    return new Names(object, Map.copyOf(names));
  }

  private Shape find(Selector selector) {
    List<String> path = selector.path();
    Optional<Shape> named = Optional.ofNullable(bound.get(path.getFirst()));
    Shape at = named.orElse(object);
    for (int i = named.isPresent() ? 1 : 0; i < path.size(); i++) {
      int part = i;
      at = at.part(path.get(i)).orElseThrow(() -> Scope.noField(path, part));
    }
    return at;
  }
}
