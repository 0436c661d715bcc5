package io.steppe.agent.http;

import static io.steppe.http.route.Gives.one;
import static io.steppe.http.route.Parameter.text;

import io.steppe.acl.Access;
import io.steppe.acl.Right;
import io.steppe.clientapi.ClientRoute;
import io.steppe.http.route.Description;
import io.steppe.http.route.Route;
import io.steppe.http.route.RouteTable;
import io.steppe.proto.v1.AgentHealth;
import io.steppe.proto.v1.AgentSelf;

/** Routes about this agent itself. */
public enum AgentRoute implements Route {
  AGENT_SELF(
      Description.get("/v1/agent/self", "What this agent is")
          .needs(new Right.Agent(Access.READ))
          .gives(one(AgentSelf.getDefaultInstance()))),
  AGENT_HEALTH(
      Description.get("/v1/agent/health", "Whether it works; 500 with the same document when not")
          .needs(new Right.None())
          .takes(text("type", "client or server"))
          .gives(one(AgentHealth.getDefaultInstance())));

  /** Every route of an agent's own port. */
  public static final RouteTable TABLE = RouteTable.of(values(), ClientRoute.values());

  private final Description description;

  AgentRoute(Description description) {
    this.description = description;
  }

  @Override
  public Description description() {
    return description;
  }
}
