package io.steppe.gateway.event;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.gateway.http.Replies;
import io.steppe.gateway.service.Calls;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.json.Json;
import io.steppe.proto.v1.EventSink;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ListSinksRequest;
import io.steppe.rpc.v1.PutSinkRequest;
import io.steppe.rpc.v1.SinkRequest;
import io.steppe.rpc.v1.SinksGrpc.SinksBlockingStub;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.UUID;
import java.util.function.Function;

/** {@code /v1/event/sinks} and {@code /v1/event/sink/<id>}: endpoints that events are sent to. */
@Path("/v1/event")
@RunOnVirtualThread
public class SinkResource {
  private static final String ONE = "/v1/event/sink/";

  private final Calls calls;

  SinkResource(Calls calls) {
    this.calls = calls;
  }

  /** All sinks, and how far they are. */
  @GET
  @Path("sinks")
  public Response list(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    request.check(SinkRoute.EVENT_SINKS);
    ListSinksRequest call = ListSinksRequest.newBuilder().setCaller(request.caller()).build();
    return Replies.document(
        request,
        200,
        Json.writeList(ask(SinkRoute.EVENT_SINKS, stub -> stub.list(call)).getSinksList()));
  }

  /** Makes a sink, under the id it names or a new one; replaces one that is there. */
  @PUT
  @Path("sinks")
  public Response put(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    EventSink sink = request.body(EventSink.getDefaultInstance());
    String id = sink.getId().isEmpty() ? UUID.randomUUID().toString() : sink.getId();
    return put(request, SinkRoute.EVENT_SINK_CREATE, sink.toBuilder().setId(id).build());
  }

  /** Makes a sink, under the id it names or a new one; replaces one that is there. */
  @POST
  @Path("sinks")
  public Response post(@Context RoutingContext routing) {
    return put(routing);
  }

  /** A sink, and how far it is. */
  @GET
  @Path("sink/{id:.*}")
  public Response get(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    request.check(SinkRoute.EVENT_SINK);
    SinkRequest call = one(request);
    return Replies.document(request, ask(SinkRoute.EVENT_SINK, stub -> stub.get(call)).getSink());
  }

  /** Makes or replaces a sink. */
  @PUT
  @Path("sink/{id:.*}")
  public Response putOne(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    String id = request.pathAfter(ONE);
    EventSink sink = request.body(EventSink.getDefaultInstance());
    if (!sink.getId().isEmpty() && !sink.getId().equals(id)) {
      throw Refusal.badRequest("Event sink ID does not match");
    }
    return put(request, SinkRoute.EVENT_SINK_UPSERT, sink.toBuilder().setId(id).build());
  }

  /** Makes or replaces a sink. */
  @POST
  @Path("sink/{id:.*}")
  public Response postOne(@Context RoutingContext routing) {
    return putOne(routing);
  }

  /** Forgets a sink and how far it was. */
  @DELETE
  @Path("sink/{id:.*}")
  public Response delete(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    request.check(SinkRoute.EVENT_SINK_DELETE);
    SinkRequest call = one(request);
    ask(SinkRoute.EVENT_SINK_DELETE, stub -> stub.delete(call));
    return Response.ok().header("Vary", "Accept-Encoding").build();
  }

  private Response put(Request request, SinkRoute route, EventSink sink) {
    request.check(route);
    PutSinkRequest call =
        PutSinkRequest.newBuilder().setCaller(request.caller()).setSink(sink).build();
    return Replies.document(request, ask(route, stub -> stub.put(call)).getSink());
  }

  private static SinkRequest one(Request request) {
    return SinkRequest.newBuilder()
        .setCaller(request.caller())
        .setId(request.pathAfter(ONE))
        .build();
  }

  private <T> T ask(SinkRoute route, Function<SinksBlockingStub, T> call) {
    try {
      return calls.sinks(call);
    } catch (Failure failure) {
      throw route.refusal(failure);
    }
  }
}
