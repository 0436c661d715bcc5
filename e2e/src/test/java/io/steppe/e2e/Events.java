package io.steppe.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What an event stream shows.
 *
 * @param lines one for each index, heartbeats left out
 */
record Events(List<JsonNode> lines) {

  /**
   * Reads the whole history from the first index on, until a line at or behind {@code last} came.
   */
  static Events until(Api api, String query, long last) throws IOException, InterruptedException {
    List<JsonNode> lines = new ArrayList<>();
    try (BufferedReader stream = api.lines("/v1/event/stream?" + query)) {
      for (String text = stream.readLine(); text != null; text = stream.readLine()) {
        JsonNode line = Api.parse(text);
        if (line.has("Index")) {
          lines.add(line);
          if (line.path("Index").asLong() >= last) {
            return new Events(lines);
          }
        }
      }
    }
    throw new AssertionError("the stream ended before index " + last);
  }

  /** Indexes grow from line to line, every event has its line's index, and nothing comes twice. */
  Events requireOrder() {
    long before = 0;
    Set<String> seen = new HashSet<>();
    for (JsonNode line : lines) {
      long index = line.path("Index").asLong();
      assertTrue(index > before, () -> "index " + index + " comes after a greater one");
      before = index;
      for (JsonNode event : line.path("Events")) {
        assertTrue(
            event.path("Index").asLong() == index, () -> "an event of another index: " + event);
        String identity =
            index
                + event.path("Topic").asText()
                + event.path("Type").asText()
                + event.path("Key").asText();
        assertTrue(seen.add(identity), () -> "twice: " + identity);
      }
    }
    return this;
  }

  /** Index of the last event of that type and key. */
  long indexOf(String type, String key) {
    long found = -1;
    for (JsonNode line : lines) {
      for (JsonNode event : line.path("Events")) {
        if (event.path("Type").asText().equals(type) && event.path("Key").asText().equals(key)) {
          found = line.path("Index").asLong();
        }
      }
    }
    return found;
  }

  /** Types of the events of that topic whose key or filter keys have that value, in order. */
  List<String> types(String topic, String key) {
    List<String> types = new ArrayList<>();
    for (JsonNode line : lines) {
      for (JsonNode event : line.path("Events")) {
        boolean filtered = false;
        for (JsonNode filter : event.path("FilterKeys")) {
          filtered |= filter.asText().equals(key);
        }
        if (event.path("Topic").asText().equals(topic)
            && (filtered || event.path("Key").asText().equals(key))) {
          types.add(event.path("Type").asText());
        }
      }
    }
    return types;
  }
}
