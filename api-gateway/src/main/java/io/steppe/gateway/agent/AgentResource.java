package io.steppe.gateway.agent;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.acl.Authenticator;
import io.steppe.gateway.cluster.Membership;
import io.steppe.gateway.cluster.ServiceProbes;
import io.steppe.gateway.federation.Neighbours;
import io.steppe.gateway.federation.Regions;
import io.steppe.gateway.http.Replies;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.json.Json;
import io.steppe.proto.v1.AgentHealth;
import io.steppe.proto.v1.AgentHealthPart;
import io.steppe.proto.v1.AgentSelf;
import io.steppe.proto.v1.ServerMembers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.Member;
import io.steppe.rpc.v1.MembersReply;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * {@code /v1/agent/}, {@code /v1/status/} and {@code /v1/regions}: what this gateway is, and the
 * replicas around it.
 */
@Path("/v1")
@RunOnVirtualThread
public class AgentResource {
  private static final Logger LOG = Logger.getLogger(AgentResource.class);

  private final Membership membership;
  private final ServiceProbes probes;
  private final AgentDocuments documents;
  private final Regions regions;
  private final Authenticator authenticator;

  AgentResource(
      Membership membership,
      ServiceProbes probes,
      AgentDocuments documents,
      Regions regions,
      Authenticator authenticator) {
    this.membership = membership;
    this.probes = probes;
    this.documents = documents;
    this.regions = regions;
    this.authenticator = authenticator;
  }

  /** Address of the replica that speaks for the region. */
  @GET
  @Path("status/leader")
  public Response leader(@Context RoutingContext routing) {
    Request.of(routing).check(AgentRoute.STATUS_LEADER);
    return strings(routing, false, List.of(leader(membership.members()).getAddress()));
  }

  /** Addresses of the replicas that keep the log. */
  @GET
  @Path("status/peers")
  public Response peers(@Context RoutingContext routing) {
    Request.of(routing).check(AgentRoute.STATUS_PEERS);
    return strings(routing, true, peers());
  }

  /** Names of the regions. */
  @GET
  @Path("regions")
  public Response regions(@Context RoutingContext routing) {
    Request.of(routing).check(AgentRoute.REGIONS);
    Response answer = strings(routing, true, regions.names());
    return Response.fromResponse(answer).header(Neighbours.REGION, regions.own()).build();
  }

  /** What this gateway is. */
  @GET
  @Path("agent/self")
  public Response self(@Context RoutingContext routing) {
    Request.of(routing).check(AgentRoute.AGENT_SELF);
    MembersReply members = membership.members();
    Member self = membership.self();
    AgentSelf document =
        AgentSelf.newBuilder()
            .setConfig(documents.config(self, authenticator.enforced()))
            .setMember(documents.member(self))
            .setStats(documents.stats(members, regions.names().size()))
            .build();
    return Replies.document(Request.of(routing), document);
  }

  /** The replicas of the region. */
  @GET
  @Path("agent/members")
  public Response members(@Context RoutingContext routing) {
    Request.of(routing).check(AgentRoute.AGENT_MEMBERS);
    MembersReply members = membership.members();
    ServerMembers document =
        documents.place().toBuilder()
            .setServerName(membership.self().getId())
            .addAllMembers(members.getMembersList().stream().map(documents::member).toList())
            .build();
    return Replies.document(Request.of(routing), document);
  }

  /** Addresses of the replicas that keep the log. */
  @GET
  @Path("agent/servers")
  public Response servers(@Context RoutingContext routing) {
    Request.of(routing).check(AgentRoute.AGENT_SERVERS);
    return strings(routing, true, peers());
  }

  /** Whom agents dial is theirs to be told: a gateway dials none. */
  @POST
  @Path("agent/servers")
  public Response postServers() {
    throw new Refusal(501, "Invalid method");
  }

  /** The same. */
  @PUT
  @Path("agent/servers")
  public Response putServers() {
    throw new Refusal(501, "Invalid method");
  }

  /** Removes the record of a replica that is no more. Of one that is unknown there is none. */
  @POST
  @Path("agent/force-leave")
  public Response postForceLeave(@Context RoutingContext routing) {
    return forceLeave(routing);
  }

  /** The same. */
  @PUT
  @Path("agent/force-leave")
  public Response putForceLeave(@Context RoutingContext routing) {
    return forceLeave(routing);
  }

  private Response forceLeave(RoutingContext routing) {
    Request request = Request.of(routing);
    request.check(AgentRoute.AGENT_FORCE_LEAVE);
    String node = request.query().text("node");
    if (node.isEmpty()) {
      throw Refusal.badRequest("missing node to force leave");
    }
    String suffix = "." + regions.own();
    String id = node.endsWith(suffix) ? node.substring(0, node.length() - suffix.length()) : node;
    try {
      membership.forget(request.caller(), id);
    } catch (Failure failure) {
      switch (failure.kind()) {
        case NOT_FOUND -> LOG.debugf("No member %s to forget", id);
        case CONFLICT -> throw Refusal.badRequest(failure.getMessage());
        default -> throw failure;
      }
    }
    return Response.ok().header("Vary", "Accept-Encoding").build();
  }

  /** Whether it works: 500 with the same document when not. */
  @GET
  @Path("agent/health")
  public Response health(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    request.check(AgentRoute.AGENT_HEALTH);
    AgentHealth.Builder health = AgentHealth.newBuilder();
    boolean ok =
        switch (request.query().text("type")) {
          case "client" -> {
            health.setClient(AgentHealthPart.newBuilder().setMessage("client not enabled"));
            yield false;
          }
          default -> {
            Optional<String> trouble = probes.trouble();
            health.setServer(
                AgentHealthPart.newBuilder()
                    .setOk(trouble.isEmpty())
                    .setMessage(trouble.orElse("ok")));
            yield trouble.isEmpty();
          }
        };
    return Replies.document(request, ok ? 200 : 500, Json.write(health.build()));
  }

  private List<String> peers() {
    return membership.members().getMembersList().stream()
        .filter(member -> member.getAlive() && member.getService().equals("event-service"))
        .map(Member::getAddress)
        .sorted()
        .toList();
  }

  private static Member leader(MembersReply members) {
    return Membership.leader(members).orElseThrow(() -> new Refusal(500, "No cluster leader"));
  }

  private static Response strings(RoutingContext routing, boolean list, List<String> strings) {
    return Replies.document(
        Request.of(routing),
        200,
        Documents.json(
            out -> {
              if (list) {
                out.writeStartArray();
              }
              for (String string : strings) {
                out.writeString(string);
              }
              if (list) {
                out.writeEndArray();
              }
            }));
  }
}
