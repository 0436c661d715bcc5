package io.steppe.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** What a client is told of an expression that does not parse: observed texts. */
class SyntaxErrorsTest {
  private static final String START =
      "no match found, expected: \"(\", \"-\", \"0\", \"\\\"\", \"`\", \"all\", \"any\", \"not\","
          + " [ \\t\\r\\n], [1-9] or [a-zA-Z]";
  private static final String VALUE =
      "no match found, expected: \"-\", \"0\", \"\\\"\", \"`\", [ \\t\\r\\n], [1-9] or [a-zA-Z]";
  private static final String AFTER_WORD =
      "no match found, expected: \"!=\", \".\", \"==\", \"[\", [ \\t\\r\\n] or [a-zA-Z0-9_/]";
  private static final String AFTER_SELECTOR =
      "no match found, expected: \"!=\", \"==\", \"contains\", \"in\", \"is\", \"matches\","
          + " \"not\" or [ \\t\\r\\n]";
  private static final String AFTER_MATCH =
      "no match found, expected: \"and\", \"or\", [ \\t\\r\\n] or EOF";

  @Test
  void aValueIsMissing() {
    assertRefused("NodeClass ==", "1:13 (12): " + VALUE);
    assertRefused("JobID ==", "1:9 (8): " + VALUE);
    assertEquals(
        "failed to create result paginator: failed to read filter expression: 1:9 (8): " + VALUE,
        assertThrows(InvalidFilterException.class, () -> Filter.parse("JobID =="))
            .asFailure()
            .getMessage());
  }

  @Test
  void theExpressionIsMissing() {
    assertRefused("", "1:1 (0): " + START);
    assertRefused("()", "1:2 (1): " + START);
    assertRefused("/Meta/foo == x", "1:1 (0): " + START);
  }

  @Test
  void theOperatorIsMissing() {
    assertRefused("ID", "1:3 (2): " + AFTER_WORD);
    assertRefused("ID = x", "1:4 (3): " + AFTER_SELECTOR);
    assertRefused("ID < 5", "1:4 (3): " + AFTER_SELECTOR);
  }

  @Test
  void somethingFollows() {
    assertRefused("ID == x y", "1:9 (8): " + AFTER_MATCH);
    assertRefused("ID ==\n\nx y", "3:3 (9): " + AFTER_MATCH);
    assertRefused("ID == \"é\" x", "1:11 (11): " + AFTER_MATCH);
    assertRefused(
        "any Tags as x { x == a } and ID == y",
        "1:26 (25): no match found, expected: [ \\t\\r\\n] or EOF");
  }

  @Test
  void mistakesHaveNames() {
    assertRefused("(ID == x", "1:9 (8): rule \"grouping\": Unmatched parentheses");
    assertRefused("ID == 5x", "1:8 (7): rule \"number\": Invalid number literal");
    assertRefused("ID == \"x", "1:9 (8): rule \"string\": Unterminated string literal");
    assertRefused("ID == \"\\q\"", "1:7 (6): rule \"string\": invalid syntax");
    assertRefused("Meta[foo] == x", "1:6 (5): rule \"index\": Invalid index");
    assertRefused("Meta[\"a\" == x", "1:10 (9): rule \"index\": Unclosed index expression");
    assertRefused("x in 5", "1:6 (5): rule \"match\": Invalid selector");
    assertRefused(
        "Meta[\"",
        "1:7 (6): rule \"string\": Unterminated string literal\n"
            + "1:6 (5): rule \"index\": Invalid index");
  }

  private static void assertRefused(String expression, String text) {
    assertEquals(
        text,
        assertThrows(InvalidFilterException.class, () -> Filter.parse(expression)).getMessage());
  }
}
