package io.steppe.gateway.client;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.steppe.clientapi.Whereabouts;
import io.steppe.gateway.service.Calls;
import io.steppe.http.failure.Refusal;
import io.steppe.http.query.Ids;
import io.steppe.proto.v1.Allocation;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.Caller;
import io.steppe.rpc.v1.GetAllocationRequest;
import io.steppe.rpc.v1.GetNodeRequest;
import io.steppe.rpc.v1.ReadOptions;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Where the services say that an allocation is. That never changes, so it is asked once. A gateway
 * is no node itself, so without an id none is meant.
 */
@ApplicationScoped
class Nodes implements Whereabouts {
  private static final int REMEMBERED = 100_000;

  private final Calls calls;
  private final Cache<String, Place> places =
      Caffeine.newBuilder().maximumSize(REMEMBERED).executor(Runnable::run).build();

  Nodes(Calls calls) {
    this.calls = calls;
  }

  @Override
  public Place ofAllocation(Caller caller, String allocationId) {
    Place known = places.getIfPresent(allocationId);
    if (known != null) {
      return known;
    }
    GetAllocationRequest call =
        GetAllocationRequest.newBuilder()
            .setRead(ReadOptions.newBuilder().setCaller(caller).setNamespace("*"))
            .setAllocationId(allocationId)
            .build();
    try {
      Allocation allocation = calls.allocations(stub -> stub.get(call)).getAllocation();
      Place place = new Place(allocation.getNodeId(), allocation.getNamespace());
      places.put(allocationId, place);
      return place;
    } catch (Failure failure) {
      if (failure.kind() == Kind.NOT_FOUND) {
        throw new Refusal(404, "Unknown allocation \"" + allocationId + "\"");
      }
      throw failure;
    }
  }

  @Override
  public String ofNode(Caller caller, String nodeId) {
    if (nodeId.isEmpty()) {
      throw new Refusal(500, "missing NodeID");
    }
    return Ids.whole("node", nodeId);
  }

  @Override
  public boolean isKnown(Caller caller, String nodeId) {
    GetNodeRequest call =
        GetNodeRequest.newBuilder()
            .setRead(ReadOptions.newBuilder().setCaller(caller))
            .setNodeId(nodeId)
            .build();
    try {
      return calls.nodes(stub -> stub.get(call)).hasNode();
    } catch (Failure failure) {
      return failure.kind() != Kind.NOT_FOUND;
    }
  }
}
