package io.steppe.gateway.clientfs;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.steppe.gateway.failure.Refusal;
import io.steppe.gateway.service.Calls;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.Caller;
import io.steppe.rpc.v1.GetAllocationRequest;
import io.steppe.rpc.v1.ReadOptions;
import jakarta.enterprise.context.ApplicationScoped;

/** Which node has an allocation. That never changes, so it is asked once. */
@ApplicationScoped
public class AllocationNodes {
  private static final int REMEMBERED = 100_000;

  private final Calls calls;
  private final Cache<String, String> nodes =
      Caffeine.newBuilder().maximumSize(REMEMBERED).executor(Runnable::run).build();

  AllocationNodes(Calls calls) {
    this.calls = calls;
  }

  /**
   * The node of an allocation.
   *
   * @throws Refusal 404 for an allocation that nobody knows
   */
  public String of(Caller caller, String allocationId) {
    String known = nodes.getIfPresent(allocationId);
    if (known != null) {
      return known;
    }
    GetAllocationRequest call =
        GetAllocationRequest.newBuilder()
            .setRead(ReadOptions.newBuilder().setCaller(caller).setNamespace("*"))
            .setAllocationId(allocationId)
            .build();
    try {
      String node = calls.allocations(stub -> stub.get(call)).getAllocation().getNodeId();
      nodes.put(allocationId, node);
      return node;
    } catch (Failure failure) {
      if (failure.kind() == Kind.NOT_FOUND) {
        throw new Refusal(404, "Unknown allocation \"" + allocationId + "\"");
      }
      throw failure;
    }
  }
}
