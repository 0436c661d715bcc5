package io.steppe.query;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.steppe.json.Value;
import io.steppe.json.Value.Entries;
import io.steppe.json.Value.Items;
import io.steppe.query.Expression.And;
import io.steppe.query.Expression.Match;
import io.steppe.query.Expression.Not;
import io.steppe.query.Expression.Or;
import io.steppe.query.Expression.Quantified;
import io.steppe.query.Expression.Quantifier;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Expressions made into conditions. */
final class Conditions {
  private Conditions() {}

  /** The condition of an expression. */
  static Condition of(Expression expression) {
    return switch (expression) {
      case Or or -> {
        List<Condition> terms = or.terms().stream().map(Conditions::of).toList();
        yield scope -> terms.stream().anyMatch(term -> term.holds(scope));
      }
      case And and -> {
        List<Condition> terms = and.terms().stream().map(Conditions::of).toList();
        yield scope -> terms.stream().allMatch(term -> term.holds(scope));
      }
      case Not not -> {
        Condition term = of(not.term());
        yield scope -> !term.holds(scope);
      }
      case Match match -> of(match);
      case Quantified quantified -> of(quantified);
    };
  }

  private static Condition of(Match match) {
    Selector selector = match.selector();
    Predicate<Value> test = test(match);
    boolean missing =
        switch (match.operator()) {
          case EMPTY, NOT_EMPTY, NIL, NOT_NIL -> true;
          default -> false;
        };
    boolean negated = match.operator().negated();
    return scope -> scope.find(selector).map(test::test).orElse(missing) != negated;
  }

  private static Predicate<Value> test(Match match) {
    Comparison comparison = new Comparison(match.selector(), match.literal());
    return switch (match.operator()) {
      case EQUAL, NOT_EQUAL -> comparison::equal;
      case CONTAINS, NOT_CONTAINS -> comparison::contained;
      case EMPTY, NOT_EMPTY -> comparison::empty;
      case NIL, NOT_NIL -> comparison::nil;
      case MATCHES, NOT_MATCHES -> matching(match.literal());
    };
  }

  /** A bad pattern is an error of those it is held against, so there is none in an empty list. */
  private static Predicate<Value> matching(String literal) {
    try {
      Pattern pattern = Patterns.compile(literal);
      return value -> Comparison.matches(value, pattern);
    } catch (PatternSyntaxException e) {
      String text =
          "failed to compile regular expression %s: %s"
              .formatted(GoText.shown(literal), e.getMessage());
      return _ -> {
        throw InvalidFilterException.evaluation(text);
      };
    }
  }

  private static Condition of(Quantified quantified) {
    Condition inner = of(quantified.inner());
    boolean any = quantified.quantifier() == Quantifier.ANY;
    return scope -> {
      Stream<Scope> elements = elements(quantified, scope);
      return any ? elements.anyMatch(inner::holds) : elements.allMatch(inner::holds);
    };
  }

  private static Stream<Scope> elements(Quantified quantified, Scope scope) {
    return switch (scope.find(quantified.selector()).orElse(null)) {
      case null -> Stream.empty();
      case Items<?> items ->
          IntStream.range(0, items.size())
              .mapToObj(i -> element(quantified, scope, String.valueOf(i), new Value.Whole(i)));
      case Entries<?> entries ->
          entries.map().keySet().stream()
              .map(key -> element(quantified, scope, key, new Value.Text(key)));
      default ->
          throw InvalidFilterException.evaluation(
              quantified.selector().name() + " is not a list or a map");
    };
  }

  private static Scope element(Quantified quantified, Scope outer, String part, Value key) {
    Expression.Names names = quantified.names();
    List<String> path =
        Stream.concat(outer.path(quantified.selector()).stream(), Stream.of(part)).toList();
    Scope scope = outer;
    if (names.single().isPresent()) {
      String name = names.single().get();
      return key instanceof Value.Text ? scope.with(name, key) : scope.with(name, path);
    }
    if (names.key().isPresent()) {
      scope = scope.with(names.key().get(), key);
    }
    return names.value().isPresent() ? scope.with(names.value().get(), path) : scope;
  }
}
