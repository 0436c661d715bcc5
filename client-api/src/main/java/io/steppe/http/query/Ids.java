package io.steppe.http.query;

import io.steppe.http.failure.Refusal;
import java.util.Locale;

/** Ids of nodes, allocations, evaluations and deployments: UUIDs, in any case. */
public final class Ids {
  private static final int LENGTH = 36;
  private static final int MAX_HYPHENS = 4;

  private Ids() {}

  /**
   * A whole id in lower case.
   *
   * @param kind what is looked up, as texts of errors name it
   * @throws Refusal 500 for text that is no id
   */
  public static String whole(String kind, String id) {
    if (id.length() != LENGTH) {
      throw refused(kind, "UUID must be 36 characters");
    }
    return hyphenated(digits(kind, id));
  }

  /**
   * The beginning of an id in lower case, hyphens where they belong.
   *
   * @throws Refusal 500 for text that no id begins with
   */
  public static String prefix(String kind, String prefix) {
    return hyphenated(digits(kind, prefix));
  }

  private static String digits(String kind, String id) {
    long hyphens = id.chars().filter(c -> c == '-').count();
    if (hyphens > MAX_HYPHENS) {
      throw refused(kind, "UUID should have maximum of 4 \"-\"; got " + hyphens);
    }
    String digits = id.replace("-", "");
    if (digits.length() % 2 != 0) {
      throw refused(kind, "Input (without hyphens) must be even length");
    }
    for (int i = 0; i < digits.length(); i++) {
      char c = digits.charAt(i);
      if (Character.digit(c, 16) < 0 || c > 'f') {
        String shown = String.format("U+%04X '%c'", (int) c, c);
        throw refused(kind, "Invalid UUID: encoding/hex: invalid byte: " + shown);
      }
    }
    return digits.toLowerCase(Locale.ROOT);
  }

  private static String hyphenated(String digits) {
    StringBuilder id = new StringBuilder(LENGTH);
    for (int i = 0; i < digits.length(); i++) {
      if (i == 8 || i == 12 || i == 16 || i == 20) {
        id.append('-');
      }
      id.append(digits.charAt(i));
    }
    return id.toString();
  }

  private static Refusal refused(String kind, String why) {
    return new Refusal(500, kind + " lookup failed: index error: " + why);
  }
}
