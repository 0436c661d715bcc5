package io.steppe.query;

import static io.steppe.query.Input.CharClass.DIGIT;
import static io.steppe.query.Input.CharClass.FIRST_DIGIT;
import static io.steppe.query.Input.CharClass.LETTER;
import static io.steppe.query.Input.CharClass.SEGMENT;
import static io.steppe.query.Input.CharClass.SPACE;
import static io.steppe.query.Input.CharClass.WORD;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads what expressions are made of: selectors, values and the blanks between. */
final class Terms {
  private final Input in;

  Terms(Input in) {
    this.in = in;
  }

  /** Blanks, if there are any. */
  void space() {
    in.many(SPACE);
  }

  /** At least one blank. */
  boolean blank() {
    boolean found = in.one(SPACE);
    if (found) {
      in.many(SPACE);
    }
    return found;
  }

  /** A word with blanks around it. */
  boolean word(String word) {
    return blank() && in.literal(word) && blank();
  }

  /** {@code a.b}, {@code a.0}, {@code a["b"]} or {@code "/a/b"}. */
  Optional<Selector> selector() {
    return bare().or(this::pointer);
  }

  /**
   * A bare word, a number or a quoted string: a literal is text until it is compared. What is
   * quoted is what was meant, also where it has the form of a pointer.
   */
  Optional<String> value() {
    return bare().map(Selector::name).or(this::number).or(this::string);
  }

  private Optional<Selector> bare() {
    int mark = in.mark();
    if (!in.one(LETTER)) {
      return Optional.empty();
    }
    in.many(WORD);
    List<String> path = new ArrayList<>(List.of(in.since(mark)));
    for (Optional<String> part = part(); part.isPresent(); part = part()) {
      path.add(part.get());
    }
    return Optional.of(new Selector(path, false));
  }

  private Optional<String> part() {
    int mark = in.mark();
    if (in.literal(".")) {
      int start = in.mark();
      if (in.one(LETTER)) {
        in.many(WORD);
        return Optional.of(in.since(start));
      }
      if (in.one(DIGIT)) {
        in.many(DIGIT);
        return Optional.of(in.since(start));
      }
      in.reset(mark);
    }
    return index();
  }

  private Optional<String> index() {
    int mark = in.mark();
    if (in.literal("[")) {
      space();
      Optional<String> name = string();
      if (name.isEmpty()) {
        in.error("index", "Invalid index");
      } else {
        space();
        if (in.literal("]")) {
          return name;
        }
        in.error("index", "Unclosed index expression");
      }
    }
    in.reset(mark);
    return Optional.empty();
  }

  private Optional<Selector> pointer() {
    int mark = in.mark();
    if (in.literal("\"")) {
      List<String> path = new ArrayList<>();
      for (Optional<String> part = segment(); part.isPresent(); part = segment()) {
        path.add(part.get());
      }
      if (in.literal("\"")) {
        return Optional.of(new Selector(path.isEmpty() ? List.of("") : path, true));
      }
    }
    in.reset(mark);
    return Optional.empty();
  }

  private Optional<String> segment() {
    int mark = in.mark();
    if (in.literal("/")) {
      int start = in.mark();
      if (in.one(SEGMENT)) {
        in.many(SEGMENT);
        return Optional.of(in.since(start).replace("~1", "/").replace("~0", "~"));
      }
    }
    in.reset(mark);
    return Optional.empty();
  }

  private Optional<String> number() {
    int mark = in.mark();
    in.literal("-");
    if (in.literal("0") || firstDigits()) {
      fraction();
      String number = in.since(mark);
      int end = in.mark();
      if (blank() || in.end() || in.literal(")")) {
        in.reset(end);
        return Optional.of(number);
      }
      in.error("number", "Invalid number literal");
    }
    in.reset(mark);
    return Optional.empty();
  }

  private boolean firstDigits() {
    boolean found = in.one(FIRST_DIGIT);
    if (found) {
      in.many(DIGIT);
    }
    return found;
  }

  private void fraction() {
    int mark = in.mark();
    if (in.literal(".")) {
      if (in.one(DIGIT)) {
        in.many(DIGIT);
      } else {
        in.reset(mark);
      }
    }
  }

  private Optional<String> string() {
    int mark = in.mark();
    boolean raw = in.literal("`");
    if (!raw && !in.literal("\"")) {
      return Optional.empty();
    }
    int start = in.mark();
    if (!in.upTo(raw ? '`' : '"')) {
      in.error("string", "Unterminated string literal");
      in.reset(mark);
      return Optional.empty();
    }
    String inner = in.since(start);
    in.literal(raw ? "`" : "\"");
    if (raw) {
      return Optional.of(inner.replace("\r", ""));
    }
    Optional<String> text = GoText.unquoted(inner);
    if (text.isEmpty()) {
      in.error(mark, "string", "invalid syntax");
    }
    return text.or(() -> Optional.of(""));
  }
}
