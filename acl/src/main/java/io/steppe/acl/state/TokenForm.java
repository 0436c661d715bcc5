package io.steppe.acl.state;

import java.util.regex.Pattern;

/** What somebody shows as a token, before it is asked whose it is. */
public enum TokenForm {
  /** Nothing: anonymous. */
  NONE,
  /** The secret of a token: a UUID. */
  SECRET,
  /** The identity of a task: a JWT, whose head is a JSON object in base64. */
  IDENTITY,
  /** Nothing that could be one; nobody needs to be asked. */
  MALFORMED;

  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final Pattern JWT = Pattern.compile("eyJ(?:[A-Za-z0-9_-]+\\.){2}[A-Za-z0-9_-]+");

  /** Characters that an identity has at most. */
  private static final int LONGEST = 8 << 10;

  /** The form of a text. */
  public static TokenForm of(String text) {
    if (text.isEmpty()) {
      return NONE;
    }
    if (UUID.matcher(text).matches()) {
      return SECRET;
    }
    return text.length() <= LONGEST && JWT.matcher(text).matches() ? IDENTITY : MALFORMED;
  }

  /** What is wrong with a text that is {@link #MALFORMED}, as clients of this API know it. */
  public static String problem(String text) {
    boolean parts = text.chars().filter(c -> c == '.').count() == 2;
    return "failed to parse signed token"
        + (parts ? "" : ": go-jose/go-jose: compact JWS format must have three parts");
  }
}
