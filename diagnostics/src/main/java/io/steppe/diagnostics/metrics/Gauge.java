package io.steppe.diagnostics.metrics;

import java.util.Map;

/**
 * Something measured, as it is now.
 *
 * @param name with dots between its parts
 * @param labels what tells it from others of its name
 */
public record Gauge(String name, Map<String, String> labels, double value) {
  public Gauge {
    labels = Map.copyOf(labels);
  }

  /** Without labels. */
  public static Gauge of(String name, double value) {
    return new Gauge(name, Map.of(), value);
  }
}
