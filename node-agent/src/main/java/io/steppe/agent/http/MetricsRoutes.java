package io.steppe.agent.http;

import io.steppe.agent.boot.Agent;
import io.steppe.agent.boot.AgentProcess;
import io.steppe.agent.boot.AgentSettings;
import io.steppe.clientapi.Answer;
import io.steppe.clientapi.ClientCalls;
import io.steppe.diagnostics.metrics.Gauge;
import io.steppe.diagnostics.metrics.Metrics;
import io.steppe.diagnostics.metrics.RuntimeGauges;
import io.steppe.http.ContentTypes;
import io.steppe.http.Edge;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.stream.Item;
import io.steppe.http.stream.Outflow;
import io.steppe.http.stream.Streams;
import io.steppe.proto.v1.HostCpuStats;
import io.steppe.proto.v1.HostStats;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.HostStatsCall;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code /v1/metrics}: what this agent and its machine use. */
@ApplicationScoped
public class MetricsRoutes {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Streams streams;
  private final AgentProcess process;
  private final ClientCalls calls;
  private final AgentSettings settings;

  MetricsRoutes(Streams streams, AgentProcess process, ClientCalls calls, AgentSettings settings) {
    this.streams = streams;
    this.process = process;
    this.calls = calls;
    this.settings = settings;
  }

  void register(@Observes Router router) {
    if (settings.agent().http().enabled()) {
      router.route("/v1/metrics").handler(this::metrics);
    }
  }

  private void metrics(RoutingContext routing) {
    Request request = Request.of(routing);
    if (routing.request().method() != HttpMethod.GET || request.isMethodRefused()) {
      Edge.refuse(routing, Refusal.invalidMethod());
      return;
    }
    boolean prometheus = request.query().text("format").equals("prometheus");
    Outflow out = Outflow.whole(routing, prometheus ? Metrics.PROMETHEUS_TYPE : ContentTypes.JSON);
    streams.run(
        routing,
        out,
        failure -> new Refusal(500, failure.getMessage()),
        () -> {
          request.check(AgentRoute.METRICS);
          List<Gauge> gauges = gauges();
          out.whole(
              prometheus
                  ? Metrics.prometheus(gauges).getBytes(StandardCharsets.UTF_8)
                  : request.laidOut(Metrics.json(gauges, Instant.now())));
        });
  }

  private List<Gauge> gauges() throws InterruptedException {
    List<Gauge> gauges = new ArrayList<>(RuntimeGauges.now());
    Agent agent = process.agent();
    Map<String, String> node =
        Map.of(
            "node_id", agent.node().getId(),
            "datacenter", agent.node().getDatacenter(),
            "node_class", agent.node().getNodeClass(),
            "node_pool", agent.node().getNodePool());
    gauges.add(new Gauge("nomad.client.allocations.running", node, agent.allocations().running()));
    ClientRequest call =
        ClientRequest.newBuilder()
            .setNodeId(agent.node().getId())
            .setHostStats(HostStatsCall.getDefaultInstance())
            .build();
    try (Answer answer = calls.ask(call, PATIENCE)) {
      if (answer.next(PATIENCE) instanceof Item.Message<ClientFrame>(ClientFrame frame)) {
        machine(gauges, node, frame.getHostStats());
      }
    }
    return gauges;
  }

  private static void machine(List<Gauge> gauges, Map<String, String> node, HostStats host) {
    gauges.add(new Gauge("nomad.client.uptime", node, host.getUptime()));
    gauges.add(new Gauge("nomad.client.host.memory.total", node, host.getMemory().getTotal()));
    gauges.add(
        new Gauge("nomad.client.host.memory.available", node, host.getMemory().getAvailable()));
    gauges.add(new Gauge("nomad.client.host.memory.used", node, host.getMemory().getUsed()));
    gauges.add(new Gauge("nomad.client.host.memory.free", node, host.getMemory().getFree()));
    gauges.add(
        new Gauge(
            "nomad.client.host.cpu.total_percent",
            node,
            host.getCpuList().stream().mapToDouble(HostCpuStats::getTotalPercent).sum()));
    gauges.add(
        new Gauge(
            "nomad.client.host.disk.available", node, host.getAllocDirStats().getAvailable()));
    gauges.add(new Gauge("nomad.client.host.disk.size", node, host.getAllocDirStats().getSize()));
    gauges.add(new Gauge("nomad.client.host.disk.used", node, host.getAllocDirStats().getUsed()));
  }
}
