package io.steppe.http.route;

/**
 * A parameter of a route, in the query.
 *
 * @param type what its text has to be
 * @param repeated whether it may be given more than once
 * @param meaning what it does, for people
 */
public record Parameter(String name, Type type, boolean repeated, String meaning) {
  /** What the text of a parameter is. */
  public enum Type {
    TEXT,
    BOOLEAN,
    INTEGER,
    /** A number and its unit, like "30s". */
    DURATION,
    /** A UUID, or the beginning of one where it says so. */
    ID
  }

  /** Text. */
  public static Parameter text(String name, String meaning) {
    return new Parameter(name, Type.TEXT, false, meaning);
  }

  /** Text, any number of times. */
  public static Parameter texts(String name, String meaning) {
    return new Parameter(name, Type.TEXT, true, meaning);
  }

  /** True or false. */
  public static Parameter flag(String name, String meaning) {
    return new Parameter(name, Type.BOOLEAN, false, meaning);
  }

  /** A whole number. */
  public static Parameter number(String name, String meaning) {
    return new Parameter(name, Type.INTEGER, false, meaning);
  }

  /** A time that something takes. */
  public static Parameter duration(String name, String meaning) {
    return new Parameter(name, Type.DURATION, false, meaning);
  }

  /** An id. */
  public static Parameter id(String name, String meaning) {
    return new Parameter(name, Type.ID, false, meaning);
  }
}
