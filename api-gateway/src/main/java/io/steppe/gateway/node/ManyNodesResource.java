package io.steppe.gateway.node;

import com.fasterxml.jackson.core.JsonGenerator;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.gateway.http.Replies;
import io.steppe.gateway.service.Calls;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.json.Json;
import io.steppe.proto.v1.NodeUpdateDrainRequest;
import io.steppe.proto.v1.NodeUpdateEligibilityRequest;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ChangeNodesReply;
import io.steppe.rpc.v1.ChangeNodesRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * {@code /v1/nodes/drain}, {@code eligibility} and {@code purge}: what is done to one node, done to
 * all that {@code ?filter=} names, in one commit; with {@code ?dry_run=true} they are only listed.
 * Bodies are those of the calls for one node. Nomad has no such calls.
 */
@Path("/v1")
@RunOnVirtualThread
public class ManyNodesResource {
  private static final String NO_FILTER =
      "Missing filter: say which nodes with ?filter=<expression>, all of them with ID != \"\"";

  private final Calls calls;

  ManyNodesResource(Calls calls) {
    this.calls = calls;
  }

  /** Sets, changes or calls off the drains of many nodes. */
  @PUT
  @Path("nodes/drain")
  public Response drain(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    ChangeNodesRequest.Builder call = begun(request);
    NodeUpdateDrainRequest body = request.body(NodeUpdateDrainRequest.getDefaultInstance());
    return changed(request, NodeRoute.NODES_DRAIN, call.setDrain(DrainResource.asked(body)));
  }

  /** Sets, changes or calls off the drains of many nodes. */
  @POST
  @Path("nodes/drain")
  public Response drainByPost(@Context RoutingContext routing) {
    return drain(routing);
  }

  /** Sets the eligibility of many nodes. */
  @PUT
  @Path("nodes/eligibility")
  public Response eligibility(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    ChangeNodesRequest.Builder call = begun(request);
    NodeUpdateEligibilityRequest body =
        request.body(NodeUpdateEligibilityRequest.getDefaultInstance());
    return changed(
        request,
        NodeRoute.NODES_ELIGIBILITY,
        call.setEligibility(EligibilityResource.checked(body.getEligibility())));
  }

  /** Sets the eligibility of many nodes. */
  @POST
  @Path("nodes/eligibility")
  public Response eligibilityByPost(@Context RoutingContext routing) {
    return eligibility(routing);
  }

  /** Forgets many nodes. */
  @PUT
  @Path("nodes/purge")
  public Response purge(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    return changed(request, NodeRoute.NODES_PURGE, begun(request).setPurge(true));
  }

  /** Forgets many nodes. */
  @POST
  @Path("nodes/purge")
  public Response purgeByPost(@Context RoutingContext routing) {
    return purge(routing);
  }

  private static ChangeNodesRequest.Builder begun(Request request) {
    String filter = request.query().text("filter");
    if (filter.isBlank()) {
      throw Refusal.badRequest(NO_FILTER);
    }
    return ChangeNodesRequest.newBuilder()
        .setCaller(request.caller())
        .setFilter(filter)
        .setDryRun(request.query().bool("dry_run", false));
  }

  private Response changed(Request request, NodeRoute route, ChangeNodesRequest.Builder call) {
    request.check(route);
    ChangeNodesRequest asked = call.build();
    try {
      ChangeNodesReply reply = calls.nodes(stub -> stub.changeMany(asked));
      return Replies.written(request, reply.getIndex(), json(reply));
    } catch (Failure failure) {
      throw route.refusal(failure);
    }
  }

  private static byte[] json(ChangeNodesReply reply) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = Json.generator(bytes)) {
      out.writeStartObject();
      out.writeArrayFieldStart("NodeIDs");
      for (String id : reply.getNodeIdsList()) {
        out.writeString(id);
      }
      out.writeEndArray();
      out.writeNumberField("Index", reply.getIndex());
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("Memory can't fail to be written", e);
    }
    return bytes.toByteArray();
  }
}
