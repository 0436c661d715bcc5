package io.steppe.e2e;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Values of parameters: such as make sense, and such as do not. */
final class HostileValues {
  private static final List<String> HOSTILE =
      List.of(
          "",
          "..",
          "../../../../etc/passwd",
          "/",
          "\0",
          "a\0b",
          "\r\nX-Injected: yes",
          "'\"`;$(id)",
          "%s%n%x",
          "${jndi:ldap://127.0.0.1:9/a}",
          "{\"a\":",
          "[[[[[[[[",
          "null",
          "NaN",
          "-1",
          "0",
          "1e3",
          "0x10",
          "9223372036854775807",
          "-9223372036854775808",
          "18446744073709551616",
          "99999999-9999-9999-9999-999999999999",
          "zzzzzzzz",
          "abcdef1",
          "*",
          "**:*",
          "Node:",
          ":::",
          "\u0661\u0662",
          "\ud83d\udca5",
          "\uffff",
          "maybe",
          "x".repeat(300));

  /** What no client's library would send. */
  private static final List<String> RAW = List.of("%", "%zz", "%c0%ae", "%ff", "a=b=c", "+&+", ";");

  private static final List<String> FRAMES =
      List.of(
          "{\"stdin\":{\"data\":\"aGVsbG8K\"}}",
          "{\"stdin\":{\"data\":\"!!!\"}}",
          "{\"stdin\":{\"close\":true}}",
          "{\"tty_size\":{\"height\":-1,\"width\":99999999999}}",
          "{\"version\":1,\"auth_token\":\"\\u0000\"}",
          "{\"version\":\"x\"}",
          "{\"stdin\":[]}",
          "{",
          "",
          "[1,2,3]",
          "\"" + "x".repeat(1000));

  private final Random random;
  private final Map<String, List<String>> sensible;

  HostileValues(Random random, String allocation, String node) {
    this.random = random;
    sensible =
        Map.ofEntries(
            Map.entry("alloc_id", List.of(allocation)),
            Map.entry("node_id", List.of("", "", node)),
            Map.entry("server_id", List.of("", "", "leader")),
            Map.entry("region", List.of("", "global")),
            Map.entry("task", List.of("main")),
            Map.entry("job", List.of("")),
            Map.entry("action", List.of("")),
            Map.entry("ws_handshake", List.of("", "true")),
            Map.entry("command", List.of("[\"/bin/cat\"]", "[\"/bin/sh\",\"-c\",\"yes\"]")),
            Map.entry("tty", List.of("true", "false")),
            Map.entry("path", List.of("alloc/logs/main.stdout.0")),
            Map.entry("type", List.of("stdout", "stderr")),
            Map.entry("follow", List.of("true")),
            Map.entry("plain", List.of("", "false")),
            Map.entry("offset", List.of("", "0", "3")),
            Map.entry("origin", List.of("start", "end")),
            Map.entry("log_level", List.of("trace", "debug")),
            Map.entry("topic", List.of("*", "Node", "Job:heard")),
            Map.entry("namespace", List.of("", "default", "*")),
            Map.entry("filter", List.of("", "Topic == \"Node\"")),
            Map.entry("format", List.of("", "events", "cloudevents")),
            Map.entry("index", List.of("", "0", "1")),
            Map.entry("from", List.of("1")),
            Map.entry("to", List.of("", "1000")),
            Map.entry("profile", List.of("profile", "trace", "heap", "goroutine")),
            Map.entry("seconds", List.of("1")),
            Map.entry("debug", List.of("0", "1")));
  }

  /** A value of a part of the path, encoded; never empty. */
  String inPath(String name, boolean sensibly) {
    String value = value(name, sensibly);
    return value.isEmpty() ? "-" : value;
  }

  /** A value of a parameter, encoded; none where it is better left out. */
  Optional<String> inQuery(String name, boolean sensibly) {
    String value = value(name, sensibly);
    return value.isEmpty() && (sensibly || random.nextBoolean())
        ? Optional.empty()
        : Optional.of(value);
  }

  private String value(String name, boolean sensibly) {
    List<String> known = sensible.getOrDefault(name, List.of(""));
    if (sensibly || random.nextInt(10) < 7) {
      return encoded(one(known));
    }
    return random.nextInt(8) == 0 ? one(RAW) : encoded(one(HOSTILE));
  }

  /** What is said over a WebSocket, in this order. */
  List<String> frames() {
    return List.of(one(FRAMES), one(FRAMES));
  }

  private String one(List<String> list) {
    return list.get(random.nextInt(list.size()));
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
