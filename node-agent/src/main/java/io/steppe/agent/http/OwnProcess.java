package io.steppe.agent.http;

import io.steppe.acl.Authenticator;
import io.steppe.agent.boot.AgentSettings;
import io.steppe.clientapi.ClientCalls;
import io.steppe.clientapi.Whereabouts;
import io.steppe.clientapi.process.Processes;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import jakarta.enterprise.context.ApplicationScoped;

/** The only process that an agent tells of: its own. */
@ApplicationScoped
class OwnProcess implements Processes {
  private final Whereabouts nodes;
  private final ClientCalls calls;
  private final AgentSettings settings;
  private final Authenticator authenticator;

  OwnProcess(
      Whereabouts nodes, ClientCalls calls, AgentSettings settings, Authenticator authenticator) {
    this.nodes = nodes;
    this.calls = calls;
    this.settings = settings;
    this.authenticator = authenticator;
  }

  @Override
  public Place of(Request request, String serverId, String nodeId) {
    if (!serverId.isEmpty()) {
      throw new Refusal(500, "unknown Nomad server " + serverId);
    }
    String node = nodes.ofNode(request.caller(), nodeId);
    return new Called(node, node, calls);
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
