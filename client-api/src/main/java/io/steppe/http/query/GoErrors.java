package io.steppe.http.query;

/** What clients are used to read about a value that is none. */
public final class GoErrors {
  private GoErrors() {}

  /** Of text that is no boolean. */
  public static String parseBool(String text) {
    return syntax("ParseBool", text);
  }

  /** Of text that is no integer. */
  public static String parseInt(String text) {
    return syntax("ParseInt", text);
  }

  /** Of text that is no integer, as parameters of the machine's word size say it. */
  public static String atoi(String text) {
    return syntax("Atoi", text);
  }

  /** Text in quotes, its own quotes and control characters escaped. */
  public static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '"', '\\' -> out.append('\\').appendCodePoint(c);
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                case '\r' -> out.append("\\r");
                default -> {
                  if (c < ' ' || c == 0x7f) {
                    out.append(String.format("\\x%02x", c));
                  } else {
                    out.appendCodePoint(c);
                  }
                }
              }
            });
    return out.append('"').toString();
  }

  private static String syntax(String function, String text) {
    return "strconv." + function + ": parsing " + quoted(text) + ": invalid syntax";
  }
}
