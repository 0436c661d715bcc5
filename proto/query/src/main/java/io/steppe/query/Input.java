package io.steppe.query;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/**
 * The text of an expression while it is parsed. Remembers what was looked for in vain at the
 * farthest place, which is what a client is told when nothing fits.
 */
final class Input {
  private static final String END = "EOF";

  private final String text;
  private final Set<String> expected = new TreeSet<>();
  private final Set<String> errors = new LinkedHashSet<>();
  private int at;
  private int farthest;

  Input(String text) {
    this.text = text;
  }

  /** The present place, to come back to. */
  int mark() {
    return at;
  }

  /** Goes back to a place. */
  void reset(int mark) {
    at = mark;
  }

  /** What was read since a place. */
  String since(int mark) {
    return text.substring(mark, at);
  }

  /** Reads exactly this. */
  boolean literal(String wanted) {
    if (text.startsWith(wanted, at)) {
      at += wanted.length();
      return true;
    }
    return missing(GoText.shown(wanted));
  }

  /** Reads one character of a class. */
  boolean one(CharClass wanted) {
    if (at < text.length()) {
      int c = text.codePointAt(at);
      if (wanted.has.test(c)) {
        at += Character.charCount(c);
        return true;
      }
    }
    return missing(wanted.label);
  }

  /** Reads as many characters of a class as there are. */
  void many(CharClass wanted) {
    while (one(wanted)) {}
  }

  /** Reads up to a character, which is left; false where there is none. */
  boolean upTo(char end) {
    int found = text.indexOf(end, at);
    at = found < 0 ? text.length() : found;
    return found >= 0;
  }

  /** Whether nothing is left. */
  boolean end() {
    return at == text.length() || missing(END);
  }

  /** A mistake at the present place that no other reading can mend. */
  void error(String rule, String what) {
    error(at, rule, what);
  }

  /** A mistake at a place that no other reading can mend. */
  void error(int place, String rule, String what) {
    errors.add(position(place) + ": rule \"" + rule + "\": " + what);
  }

  boolean hasErrors() {
    return !errors.isEmpty();
  }

  /** The failure of the whole: the mistakes, or what was expected. */
  InvalidFilterException failure() {
    return InvalidFilterException.syntax(
        errors.isEmpty()
            ? position(farthest) + ": no match found, expected: " + listed()
            : String.join("\n", errors));
  }

  private boolean missing(String label) {
    if (at > farthest) {
      farthest = at;
      expected.clear();
    }
    if (at == farthest) {
      expected.add(label);
    }
    return false;
  }

  private String listed() {
    List<String> labels = new ArrayList<>(expected);
    if (labels.remove(END)) {
      labels.add(END);
    }
    String last = labels.removeLast();
    return labels.isEmpty() ? last : String.join(", ", labels) + " or " + last;
  }

  /** {@code line:column (offset in bytes)}; a line's end counts to the next line already. */
  private String position(int place) {
    int line = 1;
    int column = 0;
    for (int i = 0; i <= place; ) {
      int c = i < text.length() ? text.codePointAt(i) : 0;
      column++;
      if (c == '\n') {
        line++;
        column = 0;
      }
      i += Character.charCount(c);
    }
    int offset = text.substring(0, place).getBytes(StandardCharsets.UTF_8).length;
    return line + ":" + column + " (" + offset + ")";
  }

  /** Characters, and how error texts call them. */
  enum CharClass {
    SPACE("[ \\t\\r\\n]", c -> c == ' ' || c == '\t' || c == '\r' || c == '\n'),
    LETTER("[a-zA-Z]", CharClass::isLetter),
    WORD("[a-zA-Z0-9_/]", c -> isLetter(c) || isDigit(c) || c == '_' || c == '/'),
    DIGIT("[0-9]", CharClass::isDigit),
    FIRST_DIGIT("[1-9]", c -> isDigit(c) && c != '0'),
    SEGMENT("[\\pL\\pN-_.~:|]", c -> isAnyLetterOrNumber(c) || "-_.~:|".indexOf(c) >= 0);

    private final String label;
    private final IntPredicate has;

    CharClass(String label, IntPredicate has) {
      this.label = label;
      this.has = has;
    }

    private static boolean isLetter(int c) {
      return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
    }

    private static boolean isDigit(int c) {
      return c >= '0' && c <= '9';
    }

    private static boolean isAnyLetterOrNumber(int c) {
      return switch (Character.getType(c)) {
        case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
            true;
        default -> Character.isLetter(c);
      };
    }
  }
}
