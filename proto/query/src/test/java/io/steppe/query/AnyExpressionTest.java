package io.steppe.query;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.steppe.proto.v1.Node;
import io.steppe.query.Expression.And;
import io.steppe.query.Expression.Match;
import io.steppe.query.Expression.Names;
import io.steppe.query.Expression.Not;
import io.steppe.query.Expression.Or;
import io.steppe.query.Expression.Quantified;
import io.steppe.query.Expression.Quantifier;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Laws that hold for every expression. */
class AnyExpressionTest {
  private static final int DEPTH = 4;

  @Property(tries = 500)
  void whatIsPrintedParsesToTheSame(@ForAll("expressions") Expression expression) {
    assertEquals(expression, Parser.parse(expression.toString()));
  }

  @Property(tries = 500)
  void anyTextIsAnExpressionOrRefused(@ForAll String text) {
    refusedOrParsed(text);
  }

  @Property(tries = 500)
  void anyPartOfAnExpressionIsAnExpressionOrRefused(
      @ForAll("expressions") Expression expression, @ForAll int cut) {
    String text = expression.toString();
    refusedOrParsed(text.substring(0, Math.floorMod(cut, text.length())));
  }

  @Property(tries = 500)
  void evaluationAgreesWithAPlainModel(
      @ForAll("metaExpressions") Expression expression, @ForAll("meta") Map<String, String> meta) {
    Node node = Node.newBuilder().putAllMeta(meta).build();
    assertEquals(model(expression, meta), Filter.parse(expression.toString()).matches(node));
  }

  /** What an expression over names and texts of a map means, said as simply as can be. */
  private static boolean model(Expression expression, Map<String, String> meta) {
    return switch (expression) {
      case And and -> and.terms().stream().allMatch(term -> model(term, meta));
      case Or or -> or.terms().stream().anyMatch(term -> model(term, meta));
      case Not not -> !model(not.term(), meta);
      case Match match -> {
        String value = meta.get(match.selector().path().get(1));
        yield switch (match.operator()) {
          case EQUAL -> match.literal().equals(value);
          case NOT_EQUAL -> !match.literal().equals(value);
          case CONTAINS -> value != null && value.contains(match.literal());
          case NOT_CONTAINS -> value == null || !value.contains(match.literal());
          case EMPTY -> value == null || value.isEmpty();
          case NOT_EMPTY -> value != null && !value.isEmpty();
          default -> throw new IllegalArgumentException("not in the model: " + match);
        };
      }
      case Quantified quantified -> {
        Match inner = (Match) quantified.inner();
        var names =
            meta.keySet().stream()
                .map(name -> name.equals(inner.literal()) == !inner.operator().negated());
        yield quantified.quantifier() == Quantifier.ANY
            ? names.anyMatch(held -> held)
            : names.allMatch(held -> held);
      }
    };
  }

  private static void refusedOrParsed(String text) {
    try {
      Parser.parse(text);
    } catch (InvalidFilterException e) {
      assertEquals(InvalidFilterException.Kind.SYNTAX, e.kind());
    }
  }

  @Provide
  Arbitrary<Map<String, String>> meta() {
    return Arbitraries.maps(keys(), words()).ofMaxSize(4);
  }

  @Provide
  Arbitrary<Expression> metaExpressions() {
    Arbitrary<Operator> operators =
        Arbitraries.of(Operator.values())
            .filter(
                operator ->
                    switch (operator) {
                      case MATCHES, NOT_MATCHES, NIL, NOT_NIL -> false;
                      default -> true;
                    });
    Arbitrary<Expression> matches =
        Combinators.combine(keys(), operators, words())
            .as(
                (key, operator, word) ->
                    match(new Selector(List.of("Meta", key), false), operator, word));
    Arbitrary<Expression> quantified =
        Combinators.combine(
                Arbitraries.of(Quantifier.values()),
                Arbitraries.of(Operator.EQUAL, Operator.NOT_EQUAL),
                keys())
            .as(
                (quantifier, operator, key) ->
                    new Quantified(
                        quantifier,
                        new Selector(List.of("Meta"), false),
                        Names.one("k"),
                        new Match(new Selector(List.of("k"), false), operator, key)));
    return nested(Arbitraries.oneOf(matches, quantified), DEPTH);
  }

  @Provide
  Arbitrary<Expression> expressions() {
    Arbitrary<Expression> matches =
        Combinators.combine(selectors(), Arbitraries.of(Operator.values()), Arbitraries.strings())
            .as(AnyExpressionTest::match);
    Arbitrary<Expression> quantified =
        Combinators.combine(Arbitraries.of(Quantifier.values()), lists(), names(), matches)
            .as(Quantified::new);
    return nested(Arbitraries.oneOf(matches, quantified), DEPTH);
  }

  private static Arbitrary<Expression> nested(Arbitrary<Expression> leaves, int depth) {
    if (depth == 0) {
      return leaves;
    }
    Arbitrary<Expression> inner = nested(leaves, depth - 1);
    return Arbitraries.frequencyOf(
        Tuple.of(3, leaves),
        Tuple.of(1, inner.map(Not::new)),
        Tuple.of(1, inner.list().ofMinSize(2).ofMaxSize(3).map(And::new)),
        Tuple.of(1, inner.list().ofMinSize(2).ofMaxSize(3).map(Or::new)));
  }

  private static Expression match(Selector selector, Operator operator, String literal) {
    return new Match(selector, operator, operator.takesLiteral() ? literal : "");
  }

  private static Arbitrary<Selector> selectors() {
    Arbitrary<List<String>> parts =
        Arbitraries.oneOf(identifiers(), Arbitraries.of("0", "12"), Arbitraries.strings())
            .list()
            .ofMaxSize(3);
    Arbitrary<Selector> bare =
        Combinators.combine(identifiers(), parts)
            .as(
                (first, more) ->
                    new Selector(Stream.concat(Stream.of(first), more.stream()).toList(), false));
    Arbitrary<Selector> pointers =
        Arbitraries.strings()
            .withChars("aé7-_.~:|/")
            .ofMinLength(1)
            .ofMaxLength(5)
            .list()
            .ofMinSize(1)
            .ofMaxSize(3)
            .map(path -> new Selector(path, true));
    return Arbitraries.oneOf(bare, pointers);
  }

  /** Selectors behind a quantifier: {@code any in as} is a match of the words any and as. */
  private static Arbitrary<Selector> lists() {
    return selectors()
        .filter(
            list -> list.pointer() || !List.of("in", "is", "not").contains(list.path().getFirst()));
  }

  private static Arbitrary<Names> names() {
    Arbitrary<Optional<String>> maybe = identifiers().optional();
    return Arbitraries.oneOf(
        identifiers().map(Names::one),
        Combinators.combine(maybe, maybe)
            .as(Names::two)
            .filter(names -> names.key().isPresent() || names.value().isPresent()));
  }

  private static Arbitrary<String> identifiers() {
    return Arbitraries.of("ID", "any", "in", "is", "x", "a_b/c1", "Meta", "and");
  }

  private static Arbitrary<String> keys() {
    return Arbitraries.of("rack", "zone", "os.name", "a\"b", "");
  }

  private static Arbitrary<String> words() {
    return Arbitraries.of("", "r", "r1", "rack", "zone", "/srv", "a\nb", "é`\"");
  }
}
