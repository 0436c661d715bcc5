package io.steppe.gateway.metrics;

import static io.steppe.http.route.Parameter.text;

import io.steppe.acl.Right;
import io.steppe.http.route.Description;
import io.steppe.http.route.Gives;
import io.steppe.http.route.Route;

/** What is measured. */
public enum MetricsRoute implements Route {
  METRICS(
      Description.get("/v1/metrics", "What this gateway uses and what the region has")
          .needs(new Right.None())
          .takes(text("format", "prometheus, or JSON unless given"))
          .gives(new Gives.Json("MetricsSummary")));

  private final Description description;

  MetricsRoute(Description description) {
    this.description = description;
  }

  @Override
  public Description description() {
    return description;
  }
}
