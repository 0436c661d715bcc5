package io.steppe.query;

import static io.steppe.query.Input.CharClass.LETTER;
import static io.steppe.query.Input.CharClass.WORD;

import io.steppe.query.Expression.And;
import io.steppe.query.Expression.Match;
import io.steppe.query.Expression.Names;
import io.steppe.query.Expression.Not;
import io.steppe.query.Expression.Or;
import io.steppe.query.Expression.Quantified;
import io.steppe.query.Expression.Quantifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads expressions by recursive descent: {@code or} over {@code and} over {@code not} over
 * parentheses and matches. A method that finds nothing gives empty and leaves the input where it
 * was.
 */
final class Parser {
  private final Input in;
  private final Terms terms;
  private int depth;

  private Parser(Input in) {
    this.in = in;
    this.terms = new Terms(in);
  }

  /**
   * The expression of a text.
   *
   * @throws InvalidFilterException of kind SYNTAX
   */
  static Expression parse(String text) {
    if (text.length() > Filter.MAX_LENGTH) {
      throw InvalidFilterException.syntax(
          "the expression is longer than " + Filter.MAX_LENGTH + " characters");
    }
    Input in = new Input(text);
    return new Parser(in).whole().filter(parsed -> !in.hasErrors()).orElseThrow(in::failure);
  }

  private Optional<Expression> whole() {
    terms.space();
    Optional<Expression> expression = or();
    if (expression.isEmpty()) {
      return expression;
    }
    terms.space();
    return in.end() ? expression : Optional.empty();
  }

  private Optional<Expression> or() {
    Optional<Expression> first = and();
    if (first.isEmpty()) {
      return quantified();
    }
    List<Expression> all = new ArrayList<>(List.of(first.get()));
    boolean more = true;
    while (more) {
      int mark = in.mark();
      boolean or = terms.word("or");
      Optional<Expression> next = or ? and() : Optional.empty();
      more = next.isPresent();
      if (or && !more) {
        // Nothing can follow elements' conditions on this level.
        next = quantified();
      }
      next.ifPresentOrElse(all::add, () -> in.reset(mark));
    }
    return Optional.of(all.size() == 1 ? all.getFirst() : new Or(all));
  }

  private Optional<Expression> and() {
    Optional<Expression> first = not();
    if (first.isEmpty()) {
      return first;
    }
    List<Expression> all = new ArrayList<>(List.of(first.get()));
    for (boolean more = true; more; ) {
      int mark = in.mark();
      Optional<Expression> next = terms.word("and") ? not() : Optional.empty();
      next.ifPresentOrElse(all::add, () -> in.reset(mark));
      more = next.isPresent();
    }
    return Optional.of(all.size() == 1 ? all.getFirst() : new And(all));
  }

  private Optional<Expression> not() {
    int mark = in.mark();
    if (in.literal("not") && terms.blank()) {
      Optional<Expression> term = nested(this::not);
      if (term.isPresent()) {
        return Optional.of(new Not(term.get()));
      }
    }
    in.reset(mark);
    return group().or(this::match);
  }

  private Optional<Expression> group() {
    int mark = in.mark();
    if (in.literal("(")) {
      terms.space();
      Optional<Expression> inner = nested(this::or);
      if (inner.isPresent()) {
        terms.space();
        if (in.literal(")")) {
          return inner;
        }
        in.error("grouping", "Unmatched parentheses");
      }
    }
    in.reset(mark);
    return Optional.empty();
  }

  private Optional<Expression> quantified() {
    int mark = in.mark();
    Optional<Expression> found = quantifier().flatMap(this::quantified);
    if (found.isEmpty()) {
      in.reset(mark);
    }
    return found;
  }

  private Optional<Quantifier> quantifier() {
    if (in.literal("any")) {
      return Optional.of(Quantifier.ANY);
    }
    return in.literal("all") ? Optional.of(Quantifier.ALL) : Optional.empty();
  }

  private Optional<Expression> quantified(Quantifier quantifier) {
    Optional<Selector> selector = terms.blank() ? terms.selector() : Optional.empty();
    Optional<Names> names = selector.isPresent() && terms.word("as") ? names() : Optional.empty();
    if (names.isEmpty()) {
      return Optional.empty();
    }
    terms.space();
    if (!in.literal("{")) {
      return Optional.empty();
    }
    terms.space();
    Optional<Expression> inner = nested(this::or);
    if (inner.isEmpty()) {
      return inner;
    }
    terms.space();
    return in.literal("}")
        ? Optional.of(new Quantified(quantifier, selector.get(), names.get(), inner.get()))
        : Optional.empty();
  }

  private Optional<Names> names() {
    if (in.literal("_")) {
      return comma() ? identifier().map(v -> Names.two(Optional.empty(), Optional.of(v))) : none();
    }
    Optional<String> first = identifier();
    if (first.isEmpty()) {
      return none();
    }
    int mark = in.mark();
    if (comma()) {
      if (in.literal("_")) {
        return Optional.of(Names.two(first, Optional.empty()));
      }
      Optional<String> second = identifier();
      if (second.isPresent()) {
        return Optional.of(Names.two(first, second));
      }
    }
    in.reset(mark);
    return first.map(Names::one);
  }

  private boolean comma() {
    terms.space();
    boolean found = in.literal(",");
    if (found) {
      terms.space();
    }
    return found;
  }

  private Optional<String> identifier() {
    int mark = in.mark();
    if (!in.one(LETTER)) {
      return Optional.empty();
    }
    in.many(WORD);
    return Optional.of(in.since(mark));
  }

  private Optional<Expression> match() {
    int mark = in.mark();
    Optional<Expression> found = terms.selector().flatMap(this::ofSelector);
    if (found.isEmpty()) {
      in.reset(mark);
      found = terms.value().flatMap(this::ofValue);
    }
    if (found.isEmpty()) {
      in.reset(mark);
    }
    return found;
  }

  private Optional<Expression> ofSelector(Selector selector) {
    int mark = in.mark();
    Optional<Operator> comparison =
        symbol("==", Operator.EQUAL)
            .or(() -> symbol("!=", Operator.NOT_EQUAL))
            .or(() -> words(Operator.CONTAINS, "contains"))
            .or(() -> words(Operator.NOT_CONTAINS, "not", "contains"))
            .or(() -> words(Operator.MATCHES, "matches"))
            .or(() -> words(Operator.NOT_MATCHES, "not", "matches"));
    Optional<Expression> found =
        comparison.flatMap(
            operator -> terms.value().map(value -> new Match(selector, operator, value)));
    if (found.isPresent()) {
      return found;
    }
    in.reset(mark);
    return states(Operator.EMPTY, "is", "empty")
        .or(() -> states(Operator.NOT_EMPTY, "is", "not", "empty"))
        .or(() -> states(Operator.NIL, "is", "nil"))
        .or(() -> states(Operator.NOT_NIL, "is", "not", "nil"))
        .map(operator -> new Match(selector, operator, ""));
  }

  private Optional<Expression> ofValue(String value) {
    return words(Operator.CONTAINS, "in")
        .or(() -> words(Operator.NOT_CONTAINS, "not", "in"))
        .flatMap(
            operator -> {
              Optional<Selector> selector = terms.selector();
              if (selector.isEmpty()) {
                in.error("match", "Invalid selector");
              }
              return selector.map(of -> new Match(of, operator, value));
            });
  }

  private Optional<Operator> symbol(String text, Operator operator) {
    int mark = in.mark();
    terms.space();
    if (!in.literal(text)) {
      in.reset(mark);
      return Optional.empty();
    }
    terms.space();
    return Optional.of(operator);
  }

  /** An operator of words, with blanks around each. */
  private Optional<Operator> words(Operator operator, String... words) {
    int mark = in.mark();
    boolean found = terms.blank();
    for (int i = 0; found && i < words.length; i++) {
      found = in.literal(words[i]) && terms.blank();
    }
    if (!found) {
      in.reset(mark);
    }
    return found ? Optional.of(operator) : Optional.empty();
  }

  /** An operator of words, with blanks before each. */
  private Optional<Operator> states(Operator operator, String... words) {
    int mark = in.mark();
    boolean found = true;
    for (int i = 0; found && i < words.length; i++) {
      found = terms.blank() && in.literal(words[i]);
    }
    if (!found) {
      in.reset(mark);
    }
    return found ? Optional.of(operator) : Optional.empty();
  }

  private Optional<Expression> nested(Supplier<Optional<Expression>> inner) {
    if (++depth > Filter.MAX_DEPTH) {
      throw InvalidFilterException.syntax(
          "the expression is nested more than " + Filter.MAX_DEPTH + " levels deep");
    }
    Optional<Expression> found = inner.get();
    depth--;
    return found;
  }

  private static Optional<Names> none() {
    return Optional.empty();
  }
}
