package io.steppe.gateway.answer;

import io.steppe.acl.Acl;
import io.steppe.acl.Right;
import io.steppe.gateway.service.Calls;
import io.steppe.gateway.service.Chunks;
import io.steppe.proto.v1.NodePool;
import io.steppe.rpc.v1.Caller;
import io.steppe.rpc.v1.ListNodePoolsReply;
import io.steppe.rpc.v1.ListNodePoolsRequest;
import io.steppe.rpc.v1.NamespacesRequest;
import io.steppe.rpc.v1.ReadOptions;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;

/** Which namespaces and node pools somebody may see. */
@ApplicationScoped
public class Visible {
  private final Calls calls;

  Visible(Calls calls) {
    this.calls = calls;
  }

  /**
   * The names that a right covers, of those there are, in order; nothing for somebody who may see
   * all, whatever its name.
   *
   * @param right about namespaces or node pools
   */
  public Optional<List<String>> to(Acl acl, Caller caller, Right right) {
    if (acl.isManagement()) {
      return Optional.empty();
    }
    return Optional.of(
        all(caller, right).stream().filter(name -> acl.allows(right, name)).sorted().toList());
  }

  private List<String> all(Caller caller, Right right) {
    ReadOptions read = ReadOptions.newBuilder().setCaller(caller).build();
    if (right instanceof Right.NodePool) {
      ListNodePoolsRequest call = ListNodePoolsRequest.newBuilder().setRead(read).build();
      return calls
          .nodePools(
              stub ->
                  Chunks.of(
                      stub.list(call),
                      ListNodePoolsReply::getMeta,
                      ListNodePoolsReply::getPoolsList))
          .all()
          .stream()
          .map(NodePool::getName)
          .toList();
    }
    NamespacesRequest call = NamespacesRequest.newBuilder().setRead(read).build();
    return calls.jobs(stub -> stub.namespaces(call)).getNamesList();
  }
}
