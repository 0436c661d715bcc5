package io.steppe.bench.simulate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.google.protobuf.ByteString;
import io.steppe.proto.v1.Task;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a task of the mock driver is asked to do.
 *
 * @param runFor how long it runs; zero where nothing is said
 * @param startError why it can't be started; empty when it can
 */
record MockTask(Duration runFor, int exitCode, String startError) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(h|ms|m|s|us|µs|ns)");
  private static final Map<String, Double> NANOS =
      Map.of("h", 3600e9, "m", 60e9, "s", 1e9, "ms", 1e6, "us", 1e3, "µs", 1e3, "ns", 1.0);

  /** Reads the task's configuration; what can't be read is a task that can't be started. */
  static MockTask of(Task task) {
    try {
      return read(task.getConfig());
    } catch (IOException | IllegalArgumentException e) {
      return new MockTask(Duration.ZERO, 0, "invalid config of a mock task: " + e.getMessage());
    }
  }

  private static MockTask read(ByteString config) throws IOException {
    Duration runFor = Duration.ZERO;
    int exitCode = 0;
    String startError = "";
    try (JsonParser parser = JSON.createParser(config.newInput())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return new MockTask(runFor, exitCode, startError);
      }
      for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
        parser.nextToken();
        switch (key) {
          case "run_for" -> runFor = duration(parser);
          case "exit_code" -> exitCode = parser.getValueAsInt();
          case "start_error" -> startError = parser.getValueAsString("");
          default -> parser.skipChildren();
        }
      }
    }
    return new MockTask(runFor, exitCode, startError);
  }

  /** A number of nanoseconds, or a text such as {@code 1m30s}. */
  private static Duration duration(JsonParser parser) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
      return Duration.ofNanos(parser.getLongValue());
    }
    String text = parser.getValueAsString("");
    Matcher part = PART.matcher(text);
    double nanos = 0;
    int end = 0;
    while (part.find() && part.start() == end) {
      nanos += Double.parseDouble(part.group(1)) * NANOS.get(part.group(2));
      end = part.end();
    }
    if (end != text.length()) {
      throw new IllegalArgumentException("no duration: " + text);
    }
    return Duration.ofNanos((long) nanos);
  }
}
