package io.steppe.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/**
 * Keys that spell characters beyond U+FFFF as two escapes, as many encoders do. Jackson's parser of
 * bytes takes such escapes in values but not in keys, so they are written out before it sees them.
 * A document without any is passed on as it is.
 */
final class EscapedKeys {
  private static final int ESCAPE = 6;

  private final byte[] json;
  private final ByteArrayOutputStream out;

  private EscapedKeys(byte[] json) {
    this.json = json;
    this.out = new ByteArrayOutputStream(json.length);
  }

  static byte[] writeOut(byte[] json) {
    for (int i = 0; i + ESCAPE <= json.length; i++) {
      if (surrogate(json, i) != 0) {
        return new EscapedKeys(json).rewrite();
      }
    }
    return json;
  }

  private byte[] rewrite() {
    int at = 0;
    while (at < json.length) {
      int end = json[at] == '"' ? Layout.endOfString(json, at) : at + 1;
      if (json[at] == '"' && isKey(end)) {
        writeKey(at, end);
      } else {
        out.write(json, at, end - at);
      }
      at = end;
    }
    return out.toByteArray();
  }

  private boolean isKey(int end) {
    int next = end;
    while (next < json.length && Layout.isSpace(json[next])) {
      next++;
    }
    return next < json.length && json[next] == ':';
  }

  private void writeKey(int from, int to) {
    for (int i = from; i < to; ) {
      char first = surrogate(json, i);
      char second = first == 0 ? 0 : surrogate(json, i + ESCAPE);
      if (first == 0) {
        int length = json[i] == '\\' ? 2 : 1;
        out.write(json, i, Math.min(length, to - i));
        i += length;
      } else if (Character.isSurrogatePair(first, second)) {
        out.writeBytes(Character.toString(Character.toCodePoint(first, second)).getBytes(UTF_8));
        i += 2 * ESCAPE;
      } else {
        out.writeBytes("\uFFFD".getBytes(UTF_8));
        i += ESCAPE;
      }
    }
  }

  /** The half of a pair that is escaped at the position, or 0. */
  private static char surrogate(byte[] json, int at) {
    if (at + ESCAPE > json.length || json[at] != '\\' || json[at + 1] != 'u') {
      return 0;
    }
    int value = 0;
    for (int i = at + 2; i < at + ESCAPE; i++) {
      int digit = Character.digit(json[i], 16);
      if (digit < 0) {
        return 0;
      }
      value = value << 4 | digit;
    }
    return Character.isSurrogate((char) value) ? (char) value : 0;
  }
}
