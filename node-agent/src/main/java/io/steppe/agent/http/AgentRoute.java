package io.steppe.agent.http;

import static io.steppe.http.route.Gives.one;
import static io.steppe.http.route.Parameter.text;
import static io.steppe.http.route.Parameter.texts;

import io.steppe.acl.Access;
import io.steppe.acl.Right;
import io.steppe.clientapi.ClientRoute;
import io.steppe.clientapi.process.ProcessRoute;
import io.steppe.http.route.Description;
import io.steppe.http.route.Gives;
import io.steppe.http.route.Route;
import io.steppe.http.route.RouteTable;
import io.steppe.proto.v1.AgentHealth;
import io.steppe.proto.v1.AgentSelf;

/** Routes about this agent itself. */
public enum AgentRoute implements Route {
  AGENT_SELF(
      Description.get("/v1/agent/self", "What this agent is")
          .needs(new Right.Agent(Access.READ))
          .gives(one(AgentSelf.getDefaultInstance()))
          .readsTokens(500, ProcessRoute.NO_TOKEN)),
  AGENT_SERVERS(
      Description.get("/v1/agent/servers", "Addresses of node-service that it dials")
          .needs(new Right.Agent(Access.READ))
          .gives(new Gives.Json("A list of addresses"))
          .readsTokensAtNode()),
  AGENT_SERVERS_UPDATE(
      Description.write("/v1/agent/servers", "Has it dial others, which have to answer")
          .needs(new Right.Agent(Access.WRITE))
          .takes(texts("address", "host:port of one"))
          .readsTokensAtNode()),
  METRICS(
      Description.get("/v1/metrics", "What this agent and its machine use")
          .needs(new Right.None())
          .takes(text("format", "prometheus, or JSON unless given"))
          .gives(new Gives.Json("MetricsSummary"))),
  AGENT_HEALTH(
      Description.get("/v1/agent/health", "Whether it works; 500 with the same document when not")
          .needs(new Right.None())
          .takes(text("type", "client or server"))
          .gives(one(AgentHealth.getDefaultInstance())));

  /** Every route of an agent's own port. */
  public static final RouteTable TABLE =
      RouteTable.of(values(), ClientRoute.values(), ProcessRoute.values());

  private final Description description;

  AgentRoute(Description description) {
    this.description = description;
  }

  @Override
  public Description description() {
    return description;
  }
}
