package io.steppe.query;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Quoted text as the language knows it: Go's. */
final class GoText {
  private static final int MAX_BYTE = 0xff;

  private GoText() {}

  /** Text in double quotes that holds none itself, its control characters escaped. */
  static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                case '\r' -> out.append("\\r");
                default -> {
                  if (c < ' ' || c == '"' || c == 0x7f) {
                    out.append("\\x%02x".formatted(c));
                  } else {
                    out.appendCodePoint(c);
                  }
                }
              }
            });
    return out.append('"').toString();
  }

  /** Text in double quotes as error texts show it. */
  static String shown(String text) {
    return "\"" + quoted(text).substring(1).replace("\\x22", "\\\"");
  }

  /** What stood between double quotes, escapes undone; empty for an escape that is none. */
  static Optional<String> unquoted(String inner) {
    if (inner.indexOf('\n') >= 0) {
      return Optional.empty();
    }
    return inner.indexOf('\\') < 0 ? Optional.of(inner) : new Escapes(inner).undone();
  }

  private static final class Escapes {
    private final String text;
    // Escapes name bytes, of which several may make a character.
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private int at;

    Escapes(String text) {
      this.text = text;
    }

    Optional<String> undone() {
      while (at < text.length()) {
        int c = text.codePointAt(at);
        at += Character.charCount(c);
        if (c != '\\') {
          put(c);
        } else if (at == text.length() || !escape(text.charAt(at++))) {
          return Optional.empty();
        }
      }
      return Optional.of(out.toString(StandardCharsets.UTF_8));
    }

    private boolean escape(char c) {
      return switch (c) {
        case 'a' -> put(7);
        case 'b' -> put('\b');
        case 'f' -> put('\f');
        case 'n' -> put('\n');
        case 'r' -> put('\r');
        case 't' -> put('\t');
        case 'v' -> put(11);
        case '\\' -> put('\\');
        case 'x' -> putByte(number(2, 16));
        case 'u' -> putCharacter(number(4, 16));
        case 'U' -> putCharacter(number(8, 16));
        case '0', '1', '2', '3', '4', '5', '6', '7' -> {
          at--;
          yield putByte(number(3, 8));
        }
        default -> false;
      };
    }

    /** A number of so many digits, or -1. */
    private long number(int digits, int radix) {
      if (at + digits > text.length()) {
        return -1;
      }
      long number = 0;
      for (int end = at + digits; at < end; at++) {
        int digit = Character.digit(text.charAt(at), radix);
        if (digit < 0) {
          return -1;
        }
        number = number * radix + digit;
      }
      return number;
    }

    private boolean putByte(long value) {
      if (value < 0 || value > MAX_BYTE) {
        return false;
      }
      out.write((int) value);
      return true;
    }

    private boolean putCharacter(long value) {
      boolean surrogate = value >= Character.MIN_SURROGATE && value <= Character.MAX_SURROGATE;
      return value >= 0 && value <= Character.MAX_CODE_POINT && !surrogate && put((int) value);
    }

    private boolean put(int c) {
      out.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
      return true;
    }
  }
}
