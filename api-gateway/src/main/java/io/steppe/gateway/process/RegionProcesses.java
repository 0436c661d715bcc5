package io.steppe.gateway.process;

import io.steppe.acl.Authenticator;
import io.steppe.clientapi.ClientCalls;
import io.steppe.clientapi.Whereabouts;
import io.steppe.clientapi.process.Processes;
import io.steppe.diagnostics.Diagnostics;
import io.steppe.gateway.GatewaySettings;
import io.steppe.gateway.client.StreamedCalls;
import io.steppe.gateway.cluster.Membership;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.tls.Https;
import io.steppe.rpc.v1.DiagnosticsGrpc;
import io.steppe.rpc.v1.Member;
import io.steppe.rpc.v1.MembersReply;
import io.steppe.tls.Tls;
import io.steppe.tls.TlsSettings;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Every process of the region: this gateway, the replicas of all services, the agents. */
@ApplicationScoped
class RegionProcesses implements Processes {
  private static final String LEADER = "leader";

  private final Membership membership;
  private final Whereabouts nodes;
  private final ClientCalls agents;
  private final Replicas replicas;
  private final GatewaySettings settings;
  private final Authenticator authenticator;
  private final Tls tls;
  private final TlsSettings tlsSettings;
  private final Diagnostics own = new Diagnostics();

  RegionProcesses(
      Membership membership,
      Whereabouts nodes,
      ClientCalls agents,
      Replicas replicas,
      GatewaySettings settings,
      Authenticator authenticator,
      Tls tls,
      TlsSettings tlsSettings) {
    this.membership = membership;
    this.nodes = nodes;
    this.agents = agents;
    this.replicas = replicas;
    this.settings = settings;
    this.authenticator = authenticator;
    this.tls = tls;
    this.tlsSettings = tlsSettings;
  }

  @Override
  public Place of(Request request, String serverId, String nodeId) {
    if (!nodeId.isEmpty()) {
      String node = nodes.ofNode(request.caller(), nodeId);
      return new Called(node, node, agents);
    }
    if (serverId.isEmpty() || isSelf(serverId)) {
      return here();
    }
    return there(serverId);
  }

  private Place there(String serverId) {
    Member member = member(membership.members(), serverId);
    if (isSelf(member.getId())) {
      return here();
    }
    if (member.getService().equals(Membership.SERVICE)) {
      return new Gateway(dialled(member.getAddress()));
    }
    return new Called(
        name(member.getId()),
        "",
        new StreamedCalls(
            DiagnosticsGrpc.newStub(replicas.channel(member))::open,
            settings.gateway().patience(),
            (int) settings.gateway().streamCredit().asLongValue(),
            member.getId()));
  }

  private String dialled(String address) {
    return Https.isServed(tls, tlsSettings) ? "https://" + address : address;
  }

  private Place here() {
    return new Called(
        name(membership.self().getId()), "", (call, quiet) -> OwnAnswer.begin(own, call));
  }

  private Member member(MembersReply members, String serverId) {
    Optional<Member> found =
        serverId.equals(LEADER)
            ? Membership.leader(members)
            : members.getMembersList().stream()
                .filter(member -> isNamed(member.getId(), serverId) && member.getAlive())
                .findFirst();
    return found.orElseThrow(() -> new Refusal(500, "unknown Nomad server " + serverId));
  }

  private boolean isSelf(String serverId) {
    return isNamed(membership.self().getId(), serverId);
  }

  private boolean isNamed(String id, String given) {
    return given.equals(id) || given.equals(name(id));
  }

  private String name(String id) {
    return id + "." + settings.region();
  }

  @Override
  public boolean isKnown(Request request, String nodeId) {
    return nodes.isKnown(request.caller(), nodeId);
  }

  @Override
  public boolean areProfilesOn() {
    return authenticator.enforced() || settings.enableDebug().orElse(false);
  }
}
