package io.steppe.query;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;

/**
 * Regular expressions from users. They match in linear time, but counted repetitions inside of each
 * other multiply what they are compiled to, which is bounded here: {@code ((a{100}){100}){100}} is
 * a million steps.
 */
final class Patterns {
  /** Steps of a compiled expression. */
  static final long MAX_SIZE = 5_000;

  private static final java.util.regex.Pattern COUNT =
      java.util.regex.Pattern.compile("\\{([0-9]{1,9})(?:,([0-9]{0,9}))?\\}");

  private final String text;
  private final Deque<Long> outer = new ArrayDeque<>();
  private long size;
  private long last;
  private int at;

  private Patterns(String text) {
    this.text = text;
  }

  /**
   * The pattern of an expression.
   *
   * @throws PatternSyntaxException for what is none, or is too large
   */
  static Pattern compile(String expression) {
    if (new Patterns(expression).isLarge()) {
      throw new PatternSyntaxException("expression too large", expression);
    }
    return Pattern.compile(expression);
  }

  private boolean isLarge() {
    while (at < text.length() && size <= MAX_SIZE) {
      char c = text.charAt(at);
      switch (c) {
        case '(' -> open();
        case ')' -> close();
        case '{' -> repeat();
        case '[' -> charClass();
        case '\\' -> step(2);
        default -> step(1);
      }
    }
    return size > MAX_SIZE;
  }

  private void step(int characters) {
    at += characters;
    last = 1;
    size++;
  }

  private void open() {
    outer.push(size);
    step(1);
  }

  /** All that is in a group may be repeated together. */
  private void close() {
    step(1);
    last = outer.isEmpty() ? 1 : size - outer.pop();
  }

  private void repeat() {
    Matcher count = COUNT.matcher(text).region(at, text.length());
    if (!count.lookingAt()) {
      step(1);
      return;
    }
    at = count.end();
    String most = count.group(2) == null || count.group(2).isEmpty() ? "0" : count.group(2);
    long times = Math.max(Long.parseLong(count.group(1)), Long.parseLong(most));
    long repeated = last * Math.max(1, times);
    size += repeated - last;
    last = repeated;
  }

  private void charClass() {
    at += text.startsWith("[^", at) ? 2 : 1;
    if (at < text.length() && text.charAt(at) == ']') {
      at++;
    }
    while (at < text.length() && text.charAt(at) != ']') {
      at += text.charAt(at) == '\\' ? 2 : text.startsWith("[:", at) ? named() : 1;
    }
    step(1);
  }

  /** Length of a class with a name, {@code [:alpha:]}. */
  private int named() {
    int end = text.indexOf(":]", at + 2);
    return end < 0 ? 1 : end + 2 - at;
  }
}
