package io.steppe.gateway.agent;

import static io.steppe.http.route.Gives.one;
import static io.steppe.http.route.Parameter.flag;
import static io.steppe.http.route.Parameter.text;
import static io.steppe.http.route.Parameter.texts;

import io.steppe.acl.Access;
import io.steppe.acl.Right;
import io.steppe.clientapi.process.ProcessRoute;
import io.steppe.http.route.Description;
import io.steppe.http.route.Gives;
import io.steppe.http.route.Route;
import io.steppe.proto.v1.AgentHealth;
import io.steppe.proto.v1.AgentJoinResponse;
import io.steppe.proto.v1.AgentSelf;
import io.steppe.proto.v1.ServerMembers;

/** Routes about this gateway and the replicas around it. */
public enum AgentRoute implements Route {
  STATUS_LEADER(
      Description.get("/v1/status/leader", "Address of the replica that speaks for the region")
          .needs(new Right.None())
          .gives(new Gives.Json("An address"))),
  STATUS_PEERS(
      Description.get("/v1/status/peers", "Addresses of the replicas that keep the log")
          .needs(new Right.None())
          .gives(new Gives.Json("A list of addresses"))),
  REGIONS(
      Description.get("/v1/regions", "Names of the regions")
          .needs(new Right.None())
          .gives(new Gives.Json("A list of names"))),
  AGENT_SELF(
      Description.get("/v1/agent/self", "What this gateway is")
          .needs(new Right.Agent(Access.READ))
          .gives(one(AgentSelf.getDefaultInstance()))
          .readsTokens(500, ProcessRoute.NO_TOKEN)),
  AGENT_MEMBERS(
      Description.get("/v1/agent/members", "The replicas of the region")
          .needs(new Right.Node(Access.READ))
          .gives(one(ServerMembers.getDefaultInstance()))),
  AGENT_SERVERS(
      Description.get("/v1/agent/servers", "Addresses of the replicas that keep the log")
          .needs(new Right.Agent(Access.READ))
          .gives(new Gives.Json("A list of addresses"))
          .readsTokensAtNode()),
  AGENT_JOIN(
      Description.write("/v1/agent/join", "Makes another region's gateways known here")
          .needs(new Right.Agent(Access.WRITE))
          .takes(texts("address", "host:port of one"))
          .gives(one(AgentJoinResponse.getDefaultInstance()))),
  AGENT_FORCE_LEAVE(
      Description.write("/v1/agent/force-leave", "Removes the record of a replica that is no more")
          .needs(new Right.Agent(Access.WRITE))
          .takes(
              text("node", "Its name"),
              flag("prune", "Makes no difference: nothing else is left"))),
  AGENT_HEALTH(
      Description.get("/v1/agent/health", "Whether it works; 500 with the same document when not")
          .needs(new Right.None())
          .takes(text("type", "client or server"))
          .gives(one(AgentHealth.getDefaultInstance())));

  private final Description description;

  AgentRoute(Description description) {
    this.description = description;
  }

  @Override
  public Description description() {
    return description;
  }
}
