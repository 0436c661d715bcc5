package io.steppe.diagnostics.host;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Tells what must not be shown by how it is named, and hides it. */
public final class Secrets {
  /** Shown instead. */
  public static final String REDACTED = "<redacted>";

  private static final List<String> NAMES =
      List.of(
          "TOKEN",
          "PASSWORD",
          "PASSWD",
          "PASS",
          "SECRET",
          "LICENSE",
          "CREDENTIAL",
          "APIKEY",
          "API_KEY",
          "ACCESS_KEY",
          "PRIVATE",
          "AUTH",
          "COOKIE",
          "SIGNING",
          "ENCRYPT",
          "SALT",
          "DSN",
          "CERT_KEY");

  private static final Pattern LOGIN_IN_URL = Pattern.compile("(?<=://)[^/@\\s]*:[^/@\\s]*@");

  private Secrets() {}

  /** Whether a value with this name is one that others must not know. */
  public static boolean isSecret(String name) {
    String upper = name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    return NAMES.stream().anyMatch(upper::contains) || upper.endsWith("_KEY");
  }

  /** A value as it may be shown: not at all, or without the login of a URL. */
  public static String shown(String name, String value) {
    return isSecret(name) && !value.isEmpty()
        ? REDACTED
        : LOGIN_IN_URL.matcher(value).replaceAll(REDACTED + "@");
  }

  /** An argument of a command line: of {@code name=value} the value may be hidden. */
  public static String shownArgument(String argument) {
    int equals = argument.indexOf('=');
    return equals < 0
        ? LOGIN_IN_URL.matcher(argument).replaceAll(REDACTED + "@")
        : argument.substring(0, equals + 1)
            + shown(argument.substring(0, equals), argument.substring(equals + 1));
  }
}
