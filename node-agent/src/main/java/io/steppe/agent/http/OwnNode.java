package io.steppe.agent.http;

import io.steppe.agent.boot.Agent;
import io.steppe.clientapi.Whereabouts;
import io.steppe.http.failure.Refusal;
import io.steppe.http.query.Ids;
import io.steppe.rpc.v1.Caller;
import java.util.function.Supplier;

/** The only node that an agent answers for, and the allocations that are there. */
final class OwnNode implements Whereabouts {
  private final Supplier<Agent> agent;

  OwnNode(Supplier<Agent> agent) {
    this.agent = agent;
  }

  @Override
  public Place ofAllocation(Caller caller, String allocationId) {
    return agent
        .get()
        .namespaceOf(allocationId)
        .map(namespace -> new Place(agent.get().node().getId(), namespace))
        .orElseThrow(() -> new Refusal(404, "Unknown allocation \"" + allocationId + "\""));
  }

  @Override
  public String ofNode(Caller caller, String nodeId) {
    String own = agent.get().node().getId();
    if (!nodeId.isEmpty() && !Ids.whole("node", nodeId).equals(own)) {
      throw new Refusal(500, "Unknown node " + nodeId);
    }
    return own;
  }

  @Override
  public boolean isKnown(Caller caller, String nodeId) {
    return nodeId.equals(agent.get().node().getId());
  }
}
