package io.steppe.json;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** White space of a document, and nothing else of it. */
final class Layout {
  private static final byte[] SPACES = " ".repeat(64).getBytes(StandardCharsets.US_ASCII);
  private static final int INDENT = 4;

  private final byte[] json;
  private final ByteArrayOutputStream out;
  private int at;
  private int depth;

  private Layout(byte[] json, int room) {
    this.json = json;
    this.out = new ByteArrayOutputStream(room);
  }

  /** The document with a line a value, four spaces a level, and a final newline. */
  static byte[] pretty(byte[] json) {
    Layout layout = new Layout(json, json.length * 2);
    layout.indent();
    return layout.out.toByteArray();
  }

  /** The document on one line, without white space. */
  static byte[] compact(byte[] json) {
    Layout layout = new Layout(json, json.length);
    layout.strip();
    return layout.out.toByteArray();
  }

  private void strip() {
    while (at < json.length) {
      if (json[at] == '"') {
        string();
      } else if (!isSpace(json[at])) {
        out.write(json[at++]);
      } else {
        at++;
      }
    }
  }

  private void indent() {
    while (at < json.length) {
      byte c = json[at];
      switch (c) {
        case '"' -> string();
        case '{', '[' -> open(c);
        case '}', ']' -> close(c);
        case ',' -> separate();
        case ':' -> colon();
        default -> plain(c);
      }
    }
    out.write('\n');
  }

  private void open(byte c) {
    out.write(c);
    at++;
    skipSpace();
    if (at < json.length && (json[at] == '}' || json[at] == ']')) {
      out.write(json[at++]);
    } else {
      depth++;
      newLine();
    }
  }

  private void close(byte c) {
    depth--;
    newLine();
    out.write(c);
    at++;
  }

  private void separate() {
    out.write(',');
    at++;
    newLine();
  }

  private void colon() {
    out.write(':');
    out.write(' ');
    at++;
  }

  private void plain(byte c) {
    if (!isSpace(c)) {
      out.write(c);
    }
    at++;
  }

  private void string() {
    int end = endOfString(json, at);
    out.write(json, at, end - at);
    at = end;
  }

  /**
   * Where the string that begins at the position ends: after its closing quote, or with the
   * document.
   */
  static int endOfString(byte[] json, int from) {
    int at = from + 1;
    while (at < json.length && json[at] != '"') {
      at += json[at] == '\\' ? 2 : 1;
    }
    return Math.min(at + 1, json.length);
  }

  private void newLine() {
    out.write('\n');
    for (int left = depth * INDENT; left > 0; left -= SPACES.length) {
      out.write(SPACES, 0, Math.min(left, SPACES.length));
    }
  }

  private void skipSpace() {
    while (at < json.length && isSpace(json[at])) {
      at++;
    }
  }

  static boolean isSpace(byte c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }
}
