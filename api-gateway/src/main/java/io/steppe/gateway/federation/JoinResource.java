package io.steppe.gateway.federation;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.gateway.agent.AgentRoute;
import io.steppe.gateway.cluster.Membership;
import io.steppe.gateway.http.Replies;
import io.steppe.http.Forwarder;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.proto.v1.AgentJoinResponse;
import io.steppe.rpc.Failure;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code /v1/agent/join}: makes another region known here, and this one there, so that requests for
 * the one may be sent to the other.
 */
@Path("/v1/agent/join")
@RunOnVirtualThread
public class JoinResource {
  private static final int MOST = 16;

  private final Regions regions;
  private final Neighbours neighbours;
  private final Membership membership;

  JoinResource(Regions regions, Neighbours neighbours, Membership membership) {
    this.regions = regions;
    this.neighbours = neighbours;
    this.membership = membership;
  }

  /** Joins the gateways at the addresses given. */
  @POST
  public Response post(@Context RoutingContext routing) {
    return join(routing);
  }

  /** The same. */
  @PUT
  public Response put(@Context RoutingContext routing) {
    return join(routing);
  }

  private Response join(RoutingContext routing) {
    Request request = Request.of(routing);
    request.check(AgentRoute.AGENT_JOIN);
    List<String> addresses = request.query().all("address");
    if (addresses.isEmpty() || addresses.size() > MOST) {
      throw Refusal.badRequest("missing address to join");
    }
    List<String> errors = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    for (String address : addresses) {
      try {
        join(routing, address.contains("://") ? address : neighbours.dialled(address), warnings);
      } catch (Neighbours.Unreachable | Failure e) {
        errors.add("failed to join " + address + ": " + e.getMessage());
      }
    }
    AgentJoinResponse answer =
        AgentJoinResponse.newBuilder()
            .setNumJoined(addresses.size() - errors.size())
            .setError(told(errors))
            .setWarning(String.join("; ", warnings))
            .build();
    return Replies.document(request, answer);
  }

  private void join(RoutingContext routing, String address, List<String> warnings)
      throws Neighbours.Unreachable {
    String region = neighbours.regionOf(address);
    if (region.equals(regions.own())) {
      return;
    }
    regions.join(Request.of(routing).caller(), region, address);
    if (routing.request().headers().contains(Forwarder.FORWARDED)) {
      return;
    }
    try {
      neighbours.tell(
          address,
          neighbours.dialled(membership.self().getAddress()),
          routing.request().getHeader("X-Nomad-Token"));
    } catch (Neighbours.Unreachable e) {
      warnings.add("region " + region + " does not know this one: " + e.getMessage());
    }
  }

  /** Errors as clients are used to read several of them. */
  private static String told(List<String> errors) {
    if (errors.isEmpty()) {
      return "";
    }
    String count = errors.size() == 1 ? "1 error" : errors.size() + " errors";
    return count + " occurred:\n\t* " + String.join("\n\t* ", errors) + "\n\n";
  }
}
