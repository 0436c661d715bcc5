package io.steppe.gateway.metrics;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.diagnostics.metrics.Gauge;
import io.steppe.diagnostics.metrics.Metrics;
import io.steppe.diagnostics.metrics.RuntimeGauges;
import io.steppe.gateway.http.Replies;
import io.steppe.http.Request;
import io.steppe.http.stream.Streams;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/** {@code /v1/metrics}: what this gateway uses and what the region has. */
@Path("/v1/metrics")
@RunOnVirtualThread
public class MetricsResource {
  private final RegionGauges region;
  private final Streams streams;
  private final InstantSource clock;

  MetricsResource(RegionGauges region, Streams streams, InstantSource clock) {
    this.region = region;
    this.streams = streams;
    this.clock = clock;
  }

  /** As JSON, or with {@code format=prometheus} as Prometheus scrapes it. */
  @GET
  public Response metrics(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    request.check(MetricsRoute.METRICS);
    List<Gauge> gauges =
        Stream.of(
                RuntimeGauges.now(),
                List.of(Gauge.of("steppe.streams.open", streams.open())),
                region.now())
            .flatMap(List::stream)
            .toList();
    return request.query().text("format").equals("prometheus")
        ? Response.ok(Metrics.prometheus(gauges))
            .header("Content-Type", Metrics.PROMETHEUS_TYPE)
            .header("Vary", "Accept-Encoding")
            .build()
        : Replies.document(request, 200, Metrics.json(gauges, clock.instant()));
  }
}
