package io.steppe.gateway.operator;

import com.fasterxml.jackson.core.JsonGenerator;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.steppe.gateway.GatewaySettings;
import io.steppe.gateway.agent.Documents;
import io.steppe.gateway.cluster.Membership;
import io.steppe.gateway.http.Replies;
import io.steppe.gateway.service.Calls;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.proto.v1.AutopilotConfiguration;
import io.steppe.rpc.v1.Member;
import io.steppe.rpc.v1.MembersReply;
import io.steppe.rpc.v1.SetAutopilotRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * {@code /v1/operator/autopilot/} and {@code /v1/operator/raft/configuration}: who keeps the state
 * of the region, and whether enough of them are left. The state itself is PostgreSQL's.
 */
@Path("/v1/operator")
@RunOnVirtualThread
public class AutopilotResource {
  private static final Pattern DURATION =
      Pattern.compile("[-+]?(0|([0-9]+(\\.[0-9]*)?(ns|us|µs|ms|s|m|h))+)");

  /** Services that a region can't do without. */
  private static final List<String> NEEDED =
      List.of("alloc-service", Membership.SERVICE, "event-service", "node-service");

  private final Calls calls;
  private final Membership membership;
  private final String region;

  AutopilotResource(Calls calls, Membership membership, GatewaySettings settings) {
    this.calls = calls;
    this.membership = membership;
    region = settings.region();
  }

  /** What is to be done about dead servers. */
  @GET
  @Path("autopilot/configuration")
  public Response configuration(@Context RoutingContext routing) {
    Request request = Request.of(routing);
    request.check(OperatorRoute.AUTOPILOT_CONFIGURATION);
    return Replies.document(
        request, calls.settings(stub -> stub.get(SchedulerResource.read(request))).getAutopilot());
  }

  /** Sets it: kept, and given back. */
  @PUT
  @Path("autopilot/configuration")
  public Response put(@Context RoutingContext routing) {
    return set(Request.of(routing));
  }

  /** The same. */
  @POST
  @Path("autopilot/configuration")
  public Response post(@Context RoutingContext routing) {
    return set(Request.of(routing));
  }

  private Response set(Request request) {
    request.check(OperatorRoute.AUTOPILOT_CONFIGURE);
    AutopilotConfiguration wanted = body(request);
    SetAutopilotRequest.Builder call =
        SetAutopilotRequest.newBuilder().setCaller(request.caller()).setConfiguration(wanted);
    SchedulerResource.cas(request).ifPresent(call::setIfIndex);
    boolean updated = calls.settings(stub -> stub.setAutopilot(call.build())).getUpdated();
    return Replies.document(
        request, 200, Boolean.toString(updated).getBytes(StandardCharsets.UTF_8));
  }

  private static AutopilotConfiguration body(Request request) {
    AutopilotConfiguration wanted;
    try {
      wanted = request.body(AutopilotConfiguration.getDefaultInstance());
    } catch (Refusal refusal) {
      throw new Refusal(
          refusal.status(), "Error parsing autopilot config: " + refusal.getMessage());
    }
    return wanted.toBuilder()
        .setLastContactThreshold(duration(wanted.getLastContactThreshold()))
        .setServerStabilizationTime(duration(wanted.getServerStabilizationTime()))
        .build();
  }

  private static String duration(String text) {
    if (text.isEmpty()) {
      return "0s";
    }
    if (!DURATION.matcher(text).matches()) {
      throw Refusal.badRequest(
          "Error parsing autopilot config: time: invalid duration \"" + text + "\"");
    }
    return text;
  }

  /** Whether every service has a replica that lives, and how many may still be lost. */
  @GET
  @Path("autopilot/health")
  public Response health(@Context RoutingContext routing) {
    Request.of(routing).check(OperatorRoute.AUTOPILOT_HEALTH);
    MembersReply members = membership.members();
    Map<String, Long> alive =
        members.getMembersList().stream()
            .filter(Member::getAlive)
            .collect(
                Collectors.groupingBy(Member::getService, TreeMap::new, Collectors.counting()));
    long fewest =
        NEEDED.stream().mapToLong(service -> alive.getOrDefault(service, 0L)).min().orElse(0);
    byte[] json =
        Documents.json(
            out -> {
              out.writeStartObject();
              out.writeNumberField("FailureTolerance", Math.max(0, fewest - 1));
              out.writeBooleanField("Healthy", fewest > 0);
              out.writeStringField("Leader", leader(members).map(Member::getId).orElse(""));
              out.writeArrayFieldStart("Servers");
              for (Member member : members.getMembersList()) {
                server(out, member, members);
              }
              out.writeEndArray();
              out.writeArrayFieldStart("Voters");
              for (Member member : members.getMembersList()) {
                if (keepsLog(member)) {
                  out.writeString(member.getId());
                }
              }
              out.writeEndArray();
              out.writeEndObject();
            });
    return Replies.document(Request.of(routing), fewest > 0 ? 200 : 429, json);
  }

  private void server(JsonGenerator out, Member member, MembersReply members) throws IOException {
    out.writeStartObject();
    out.writeStringField("ID", member.getId());
    out.writeStringField("Name", name(member));
    out.writeStringField("Address", member.getAddress());
    out.writeStringField("SerfStatus", member.getAlive() ? "alive" : "failed");
    out.writeStringField("Version", Documents.API_VERSION);
    out.writeBooleanField("Leader", isLeader(member, members));
    out.writeStringField("LastContact", "0s");
    out.writeNumberField("LastTerm", members.getEpoch());
    out.writeNumberField("LastIndex", members.getIndex());
    out.writeBooleanField("Healthy", member.getAlive());
    out.writeBooleanField("Voter", keepsLog(member));
    out.writeStringField("StableSince", Instant.ofEpochSecond(0, member.getStartedAt()).toString());
    out.writeEndObject();
  }

  /** PostgreSQL, which decides what is committed, and the replicas that work on it. */
  @GET
  @Path("raft/configuration")
  public Response raft(@Context RoutingContext routing) {
    Request.of(routing).check(OperatorRoute.RAFT_CONFIGURATION);
    MembersReply members = membership.members();
    byte[] json =
        Documents.json(
            out -> {
              out.writeStartObject();
              out.writeNumberField("Index", members.getIndex());
              out.writeArrayFieldStart("Servers");
              peer(out, "postgresql", "postgresql." + region, members.getDatabase(), true);
              for (Member member : members.getMembersList()) {
                peer(out, member.getId(), name(member), member.getAddress(), false);
              }
              out.writeEndArray();
              out.writeEndObject();
            });
    return Replies.document(Request.of(routing), 200, json);
  }

  private static void peer(
      JsonGenerator out, String id, String node, String address, boolean decides)
      throws IOException {
    out.writeStartObject();
    out.writeStringField("ID", id);
    out.writeStringField("Node", node);
    out.writeStringField("Address", address);
    out.writeBooleanField("Leader", decides);
    out.writeBooleanField("Voter", decides);
    out.writeStringField("RaftProtocol", "3");
    out.writeEndObject();
  }

  private static Optional<Member> leader(MembersReply members) {
    return Membership.leader(members);
  }

  private static boolean isLeader(Member member, MembersReply members) {
    return leader(members).filter(found -> found.getId().equals(member.getId())).isPresent();
  }

  private static boolean keepsLog(Member member) {
    return member.getService().equals("event-service");
  }

  private String name(Member member) {
    return member.getId() + "." + region;
  }
}
