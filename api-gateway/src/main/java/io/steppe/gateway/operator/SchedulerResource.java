package io.steppe.gateway.operator;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.gateway.http.Replies;
import io.steppe.gateway.service.Calls;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.query.GoErrors;
import io.steppe.proto.v1.SchedulerConfiguration;
import io.steppe.proto.v1.SchedulerConfigurationResponse;
import io.steppe.proto.v1.SchedulerSetConfigurationResponse;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.GetSettingsReply;
import io.steppe.rpc.v1.GetSettingsRequest;
import io.steppe.rpc.v1.ReadOptions;
import io.steppe.rpc.v1.SetSchedulerRequest;
import io.steppe.rpc.v1.SetSettingReply;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.util.OptionalLong;

/** {@code /v1/operator/scheduler/configuration}: how jobs are placed in the region. */
@Path("/v1/operator/scheduler/configuration")
@RunOnVirtualThread
public class SchedulerResource {
  private final Calls calls;

  SchedulerResource(Calls calls) {
    this.calls = calls;
  }

  /** How jobs are placed. */
  @GET
  public Response get(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    request.check(OperatorRoute.SCHEDULER_CONFIGURATION);
    GetSettingsReply settings = calls.settings(stub -> stub.get(read(request)));
    SchedulerConfiguration scheduler = settings.getScheduler();
    SchedulerConfigurationResponse answer =
        SchedulerConfigurationResponse.newBuilder()
            .setIndex(scheduler.getModifyIndex())
            .setKnownLeader(true)
            .setSchedulerConfig(scheduler)
            .build();
    return Response.fromResponse(Replies.written(request, scheduler.getModifyIndex(), answer))
        .header("X-Nomad-KnownLeader", "true")
        .header("X-Nomad-LastContact", settings.getMeta().getLastContactMs())
        .build();
  }

  /** Sets it. */
  @PUT
  public Response put(@Context RoutingContext routing) {
    return set(Request.of(routing));
  }

  /** Sets it. */
  @POST
  public Response post(@Context RoutingContext routing) {
    return set(Request.of(routing));
  }

  private Response set(Request request) {
    request.check(OperatorRoute.SCHEDULER_CONFIGURE);
    SetSchedulerRequest.Builder call =
        SetSchedulerRequest.newBuilder()
            .setCaller(request.caller())
            .setConfiguration(body(request));
    cas(request).ifPresent(call::setIfIndex);
    try {
      SetSettingReply reply = calls.settings(stub -> stub.setScheduler(call.build()));
      return Replies.written(
          request,
          reply.getIndex(),
          SchedulerSetConfigurationResponse.newBuilder()
              .setIndex(reply.getIndex())
              .setUpdated(reply.getUpdated())
              .build());
    } catch (Failure failure) {
      throw OperatorRoute.SCHEDULER_CONFIGURE.refusal(failure);
    }
  }

  private static SchedulerConfiguration body(Request request) {
    try {
      return request.body(SchedulerConfiguration.getDefaultInstance());
    } catch (Refusal refusal) {
      throw new Refusal(
          refusal.status(), "Error parsing scheduler config: " + refusal.getMessage());
    }
  }

  static GetSettingsRequest read(Request request) {
    return GetSettingsRequest.newBuilder()
        .setRead(
            ReadOptions.newBuilder()
                .setCaller(request.caller())
                .setStale(request.query().has("stale")))
        .build();
  }

  /** The index that a change is made dependent on. */
  static OptionalLong cas(Request request) {
    String text = request.query().text("cas");
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseUnsignedLong(text));
    } catch (NumberFormatException e) {
      throw Refusal.badRequest(
          "Error parsing cas value: strconv.ParseUint: parsing "
              + GoErrors.quoted(text)
              + ": invalid syntax");
    }
  }
}
