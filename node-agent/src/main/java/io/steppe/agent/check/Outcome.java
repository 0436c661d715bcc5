package io.steppe.agent.check;

/**
 * What a look at a service showed.
 *
 * @param code of the HTTP answer; 0 when there is none
 * @param output for people to read, short
 */
record Outcome(Kind kind, int code, String output) {
  enum Kind {
    PASS,
    WARN,
    FAIL
  }

  static Outcome pass(String output) {
    return new Outcome(Kind.PASS, 0, output);
  }

  static Outcome fail(String output) {
    return new Outcome(Kind.FAIL, 0, output);
  }
}
