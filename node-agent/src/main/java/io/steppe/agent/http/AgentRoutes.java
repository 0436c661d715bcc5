package io.steppe.agent.http;

import io.steppe.agent.boot.Agent;
import io.steppe.agent.boot.AgentProcess;
import io.steppe.agent.boot.AgentSettings;
import io.steppe.http.ContentTypes;
import io.steppe.http.Edge;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.stream.Outflow;
import io.steppe.http.stream.Streams;
import io.steppe.json.Json;
import io.steppe.proto.v1.AgentHealth;
import io.steppe.proto.v1.AgentHealthPart;
import io.steppe.proto.v1.AgentMember;
import io.steppe.proto.v1.AgentSelf;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.function.Function;

/** {@code /v1/agent/}: what this agent is, and whether it works. What is nowhere is a 404. */
@ApplicationScoped
public class AgentRoutes {
  private static final String HEALTH_CHECKS = "/q/";
  private static final List<String> OF_SERVERS =
      List.of(
          "/v1/agent/members",
          "/v1/agent/join",
          "/v1/agent/force-leave",
          "/v1/agent/schedulers",
          "/v1/agent/schedulers/config");

  private final Streams streams;
  private final AgentProcess process;
  private final AgentSettings settings;

  AgentRoutes(Streams streams, AgentProcess process, AgentSettings settings) {
    this.streams = streams;
    this.process = process;
    this.settings = settings;
  }

  void register(@Observes Router router) {
    if (settings.agent().http().enabled()) {
      router
          .route("/v1/agent/self")
          .handler(routing -> answer(routing, AgentRoute.AGENT_SELF, 200, this::self));
      router.route("/v1/agent/health").handler(this::health);
      for (String path : OF_SERVERS) {
        router.route(path).handler(AgentRoutes::ofServers);
      }
    }
    router.route().last().handler(AgentRoutes::unknown);
  }

  /** What only servers do. */
  private static void ofServers(RoutingContext routing) {
    Edge.refuse(routing, new Refusal(501, "Invalid method"));
  }

  private void health(RoutingContext routing) {
    boolean server = Request.of(routing).query().text("type").equals("server");
    boolean ok = !server && process.isRegistered();
    answer(routing, AgentRoute.AGENT_HEALTH, ok ? 200 : 500, request -> health(server, ok));
  }

  private static byte[] health(boolean server, boolean ok) {
    AgentHealth.Builder health = AgentHealth.newBuilder();
    if (server) {
      health.setServer(AgentHealthPart.newBuilder().setMessage("server not enabled"));
    } else {
      health.setClient(
          AgentHealthPart.newBuilder().setOk(ok).setMessage(ok ? "ok" : "no known servers"));
    }
    return Json.write(health.build());
  }

  private byte[] self(Request request) {
    Agent agent = process.agent();
    return Json.write(
        AgentSelf.newBuilder()
            .setConfig(SelfDocuments.config(agent.node(), settings))
            .setMember(AgentMember.getDefaultInstance())
            .setStats(
                SelfDocuments.stats(agent.node(), agent.servers(), agent.allocations().running()))
            .build());
  }

  private void answer(
      RoutingContext routing, AgentRoute route, int status, Function<Request, byte[]> document) {
    Request request = Request.of(routing);
    if (routing.request().method() != HttpMethod.GET || request.isMethodRefused()) {
      Edge.refuse(routing, Refusal.invalidMethod());
      return;
    }
    routing.response().setStatusCode(status);
    Outflow out = Outflow.whole(routing, ContentTypes.JSON);
    streams.run(
        routing,
        out,
        failure -> new Refusal(500, failure.getMessage()),
        () -> {
          request.check(route);
          out.whole(request.laidOut(document.apply(request)));
        });
  }

  private static void unknown(RoutingContext routing) {
    if (routing.request().path().startsWith(HEALTH_CHECKS)) {
      routing.next();
    } else {
      routing.response().setStatusCode(404).putHeader("Vary", "Accept-Encoding").end();
    }
  }
}
