package io.steppe.gateway.acl.policy;

import java.util.ArrayList;
import java.util.List;

/** Cuts HCL into its words. */
final class HclLexer {
  /** What a word is. */
  enum Kind {
    NAME,
    TEXT,
    NUMBER,
    MARK,
    END
  }

  /** A word; the text of a string is what it means. */
  record Token(Kind kind, String text, int line, int column) {
    boolean is(String mark) {
      return kind == Kind.MARK && text.equals(mark);
    }
  }

  private static final String MARKS = "{}[]=,:";

  private final String input;
  private int at;
  private int line = 1;
  private int lineStart;

  private HclLexer(String input) {
    this.input = input;
  }

  /**
   * The words of a text, and its end.
   *
   * @throws InvalidHclException for what is no word
   */
  static List<Token> tokens(String input) {
    HclLexer lexer = new HclLexer(input);
    List<Token> tokens = new ArrayList<>();
    do {
      tokens.add(lexer.next());
    } while (tokens.getLast().kind() != Kind.END);
    return tokens;
  }

  private Token next() {
    skipBlanks();
    if (at == input.length()) {
      return token(Kind.END, "", column());
    }
    char c = input.charAt(at);
    int column = column();
    if (MARKS.indexOf(c) >= 0) {
      at++;
      return token(Kind.MARK, String.valueOf(c), column);
    }
    if (c == '"') {
      return string();
    }
    if (input.startsWith("<<", at)) {
      return heredoc();
    }
    if (c == '-' || Character.isDigit(c)) {
      return token(Kind.NUMBER, word(), column);
    }
    if (Character.isLetter(c) || c == '_') {
      return token(Kind.NAME, word(), column);
    }
    throw InvalidHclException.at(line, column, "illegal char");
  }

  private String word() {
    int from = at++;
    while (at < input.length() && isPart(input.charAt(at))) {
      at++;
    }
    return input.substring(from, at);
  }

  private static boolean isPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '-' || c == '.';
  }

  private void skipBlanks() {
    while (at < input.length()) {
      char c = input.charAt(at);
      if (c == '\n') {
        newLine();
      } else if (c == ' ' || c == '\t' || c == '\r' || c == '\uFEFF' && at == 0) {
        at++;
      } else if (c == '#' || input.startsWith("//", at)) {
        int end = input.indexOf('\n', at);
        at = end < 0 ? input.length() : end;
      } else if (input.startsWith("/*", at)) {
        skipComment();
      } else {
        return;
      }
    }
  }

  private void skipComment() {
    int column = column();
    int begun = line;
    at += 2;
    while (!input.startsWith("*/", at)) {
      if (at >= input.length()) {
        throw InvalidHclException.at(begun, column, "comment not terminated");
      }
      if (input.charAt(at) == '\n') {
        newLine();
      } else {
        at++;
      }
    }
    at += 2;
  }

  private Token string() {
    int column = column();
    StringBuilder text = new StringBuilder();
    at++;
    while (true) {
      char c = at < input.length() ? input.charAt(at) : '\n';
      if (c == '\n') {
        throw InvalidHclException.at(line, column, "literal not terminated");
      }
      at++;
      if (c == '"') {
        return token(Kind.TEXT, text.toString(), column);
      }
      if (c == '\\') {
        escape(text);
      } else {
        text.append(c);
      }
    }
  }

  private void escape(StringBuilder text) {
    char c = at < input.length() ? input.charAt(at++) : '\n';
    switch (c) {
      case 'n' -> text.append('\n');
      case 't' -> text.append('\t');
      case 'r' -> text.append('\r');
      case 'b' -> text.append('\b');
      case 'f' -> text.append('\f');
      case '"', '\\', '/' -> text.append(c);
      case 'u' -> unicode(text, 4);
      case 'U' -> unicode(text, 8);
      default -> throw InvalidHclException.at(line, column(), "illegal char escape");
    }
  }

  private void unicode(StringBuilder text, int digits) {
    try {
      text.appendCodePoint(Integer.parseInt(input, at, at + digits, 16));
      at += digits;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw InvalidHclException.at(line, column(), "illegal char escape");
    }
  }

  private Token heredoc() {
    int column = column();
    int begun = line;
    at += 2;
    boolean indented = at < input.length() && input.charAt(at) == '-';
    at += indented ? 1 : 0;
    int end = input.indexOf('\n', at);
    String marker = end < 0 ? "" : input.substring(at, end).strip();
    if (marker.isEmpty()) {
      throw InvalidHclException.at(begun, column, "heredoc not terminated");
    }
    at = end;
    newLine();
    List<String> lines = new ArrayList<>();
    while (at < input.length()) {
      int eol = input.indexOf('\n', at);
      String text = input.substring(at, eol < 0 ? input.length() : eol);
      at = eol < 0 ? input.length() : eol;
      if (text.strip().equals(marker)) {
        return token(Kind.TEXT, joined(lines, indented), column);
      }
      lines.add(text);
      if (eol >= 0) {
        newLine();
      }
    }
    throw InvalidHclException.at(begun, column, "heredoc not terminated");
  }

  private static String joined(List<String> lines, boolean indented) {
    String text = String.join("\n", lines) + (lines.isEmpty() ? "" : "\n");
    return indented ? text.stripIndent() : text;
  }

  private void newLine() {
    at++;
    line++;
    lineStart = at;
  }

  private int column() {
    return at - lineStart + 1;
  }

  private Token token(Kind kind, String text, int column) {
    return new Token(kind, text, line, column);
  }
}
