package io.steppe.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.steppe.json.InvalidJsonException.Kind;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Words for input that is no JSON. */
final class SyntaxErrors {
  private static final Pattern CHARACTER =
      Pattern.compile("\\('?(.)'? \\(code \\d+", Pattern.DOTALL);
  private static final Pattern TOKEN = Pattern.compile("^Unrecognized token '(.)");

  private SyntaxErrors() {}

  /** Refuses what is not UTF-8 without a byte order mark: offsets of raw values count bytes. */
  static void checkEncoding(byte[] json) {
    for (int i = 0; i < Math.min(4, json.length); i++) {
      if (json[i] == 0 || i == 0 && json[i] < 0) {
        throw invalid(
            "invalid character '\\x%02x' looking for beginning of value".formatted(json[i] & 0xFF));
      }
    }
  }

  /** Refuses anything but white space after the document. */
  static void checkEnd(byte[] json, int from) {
    for (int i = from; i < json.length; i++) {
      if (!Layout.isSpace(json[i])) {
        throw invalid("invalid character '" + (char) (json[i] & 0xFF) + "' after top-level value");
      }
    }
  }

  static InvalidJsonException of(JsonProcessingException e, JsonParser parser) {
    String message = e.getOriginalMessage();
    if (e instanceof JsonEOFException) {
      return invalid("unexpected EOF");
    }
    if (e instanceof StreamConstraintsException) {
      return invalid(message.contains("nesting depth") ? "exceeded max depth" : firstLine(message));
    }
    Matcher character = CHARACTER.matcher(message);
    if (character.find()) {
      return invalid(
          "invalid character '"
              + character.group(1)
              + "' "
              + place(message, parser.getParsingContext()));
    }
    Matcher token = TOKEN.matcher(message);
    if (token.find()) {
      return invalid("invalid character '" + token.group(1) + "' looking for beginning of value");
    }
    return invalid("invalid JSON: " + firstLine(message));
  }

  private static String place(String message, JsonStreamContext context) {
    if (message.contains("colon")) {
      return "after object key";
    }
    if (message.contains("field name")) {
      return "looking for beginning of object key string";
    }
    if (message.contains("comma")) {
      return context.inArray() ? "after array element" : "after object key:value pair";
    }
    if (message.contains("control")) {
      return "in string literal";
    }
    return "looking for beginning of value";
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("unreadable");
  }

  private static InvalidJsonException invalid(String text) {
    return new InvalidJsonException(Kind.SYNTAX, text);
  }
}
