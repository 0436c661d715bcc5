package io.steppe.gateway.operator;

import io.grpc.StatusRuntimeException;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.gateway.GatewaySettings;
import io.steppe.gateway.cluster.Membership;
import io.steppe.gateway.http.Replies;
import io.steppe.gateway.process.Replicas;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.proto.v1.AgentSchedulerWorker;
import io.steppe.proto.v1.AgentSchedulerWorkers;
import io.steppe.proto.v1.AgentSchedulers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ConfigureWorkersRequest;
import io.steppe.rpc.v1.GetWorkersRequest;
import io.steppe.rpc.v1.Member;
import io.steppe.rpc.v1.SchedulerWorker;
import io.steppe.rpc.v1.SchedulerWorkersGrpc;
import io.steppe.rpc.v1.WorkersReply;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * {@code /v1/agent/schedulers}: the workers of all replicas of alloc-service, or of the one that
 * {@code server_id} names. Their number is each replica's own, until it ends.
 */
@Path("/v1/agent/schedulers")
@RunOnVirtualThread
public class WorkersResource {
  private static final long MOST = 128;

  private final Membership membership;
  private final Replicas replicas;
  private final GatewaySettings settings;

  WorkersResource(Membership membership, Replicas replicas, GatewaySettings settings) {
    this.membership = membership;
    this.replicas = replicas;
    this.settings = settings;
  }

  /** The workers and what they do. */
  @GET
  public Response workers(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    request.check(OperatorRoute.AGENT_SCHEDULERS);
    AgentSchedulers.Builder answer = AgentSchedulers.newBuilder().setServerId(serverId(request));
    for (Member replica : asked(request)) {
      WorkersReply reply = get(request, replica);
      for (SchedulerWorker worker : reply.getWorkersList()) {
        answer.addSchedulers(
            AgentSchedulerWorker.newBuilder()
                .addAllEnabledSchedulers(reply.getSchedulersList())
                .setId(worker.getId())
                .setStarted(Instant.ofEpochSecond(0, worker.getStartedAt()).toString())
                .setStatus(worker.getPaused() ? "Paused" : "Started")
                .setWorkloadStatus(workload(worker)));
      }
    }
    return Replies.document(request, answer.build());
  }

  private static String workload(SchedulerWorker worker) {
    if (worker.getBusy()) {
      return "Scheduling";
    }
    return worker.getPaused() ? "Paused" : "WaitingToDequeue";
  }

  /** How many there are in a replica. */
  @GET
  @Path("config")
  public Response configuration(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    request.check(OperatorRoute.AGENT_SCHEDULERS_CONFIG);
    return Replies.document(request, document(request, get(request, asked(request).getFirst())));
  }

  /** Changes how many there are in a replica. */
  @PUT
  @Path("config")
  public Response put(@Context RoutingContext routing) {
    return configure(Request.of(routing));
  }

  /** The same. */
  @POST
  @Path("config")
  public Response post(@Context RoutingContext routing) {
    return configure(Request.of(routing));
  }

  private Response configure(Request request) {
    request.check(OperatorRoute.AGENT_SCHEDULERS_CONFIGURE);
    AgentSchedulerWorkers wanted = request.body(AgentSchedulerWorkers.getDefaultInstance());
    if (wanted.getNumSchedulers() < 0 || wanted.getNumSchedulers() > MOST) {
      throw Refusal.badRequest("Invalid request");
    }
    List<Member> asked = asked(request);
    List<String> named = wanted.getEnabledSchedulersList();
    List<String> all = get(request, asked.getFirst()).getSchedulersList();
    if (!named.isEmpty() && !new HashSet<>(named).equals(new HashSet<>(all))) {
      // Every worker decides jobs of all types.
      throw Refusal.badRequest("Invalid request");
    }
    WorkersReply reply = WorkersReply.getDefaultInstance();
    for (Member replica : asked) {
      reply =
          stub(replica)
              .configure(
                  ConfigureWorkersRequest.newBuilder()
                      .setCaller(request.caller())
                      .setNumber((int) wanted.getNumSchedulers())
                      .build());
    }
    return Replies.document(request, document(request, reply));
  }

  private AgentSchedulerWorkers document(Request request, WorkersReply reply) {
    return AgentSchedulerWorkers.newBuilder()
        .addAllEnabledSchedulers(reply.getSchedulersList())
        .setNumSchedulers(reply.getWorkersCount())
        .setServerId(serverId(request))
        .build();
  }

  private WorkersReply get(Request request, Member replica) {
    try {
      return stub(replica).get(GetWorkersRequest.newBuilder().setCaller(request.caller()).build());
    } catch (StatusRuntimeException e) {
      throw Failure.of(e);
    }
  }

  private SchedulerWorkersGrpc.SchedulerWorkersBlockingStub stub(Member replica) {
    return SchedulerWorkersGrpc.newBlockingStub(replicas.channel(replica))
        .withDeadlineAfter(settings.gateway().attempt().toMillis(), TimeUnit.MILLISECONDS);
  }

  private List<Member> asked(Request request) {
    String server = request.query().text("server_id");
    List<Member> found =
        membership.members().getMembersList().stream()
            .filter(member -> member.getAlive() && member.getService().equals("alloc-service"))
            .filter(
                member ->
                    server.isEmpty()
                        || server.equals(member.getId())
                        || server.equals(member.getId() + "." + settings.region()))
            .toList();
    if (found.isEmpty()) {
      throw new Refusal(
          500, server.isEmpty() ? "No cluster leader" : "unknown Nomad server " + server);
    }
    return found;
  }

  private String serverId(Request request) {
    String server = request.query().text("server_id");
    return server.isEmpty() ? membership.self().getId() + "." + settings.region() : server;
  }
}
