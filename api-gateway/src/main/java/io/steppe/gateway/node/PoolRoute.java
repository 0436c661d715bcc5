package io.steppe.gateway.node;

import static io.steppe.http.route.Gives.list;
import static io.steppe.http.route.Gives.one;
import static io.steppe.http.route.Parameter.flag;
import static io.steppe.http.route.Trait.BLOCKING;
import static io.steppe.http.route.Trait.INDEXED;
import static io.steppe.http.route.Trait.NAMESPACED;
import static io.steppe.http.route.Trait.PAGED;
import static io.steppe.rpc.Kind.INVALID;
import static io.steppe.rpc.Kind.NOT_FOUND;

import io.steppe.acl.Access;
import io.steppe.acl.Right;
import io.steppe.http.route.Description;
import io.steppe.http.route.Route;
import io.steppe.proto.v1.JobListStub;
import io.steppe.proto.v1.NodeListStub;
import io.steppe.proto.v1.NodePool;
import java.util.Set;

/** Routes about node pools. */
public enum PoolRoute implements Route {
  NODE_POOLS(
      Description.get("/v1/node/pools", "The node pools that may be seen")
          .needs(new Right.Depends("nothing; shows those that a node_pool rule lets read"))
          .gives(list(NodePool.getDefaultInstance()))
          .is(INDEXED, BLOCKING, PAGED)
          .refuses(INVALID, 400)),
  NODE_POOL(
      Description.get("/v1/node/pool/{pool}", "A node pool")
          .needs(pool("read"))
          .gives(one(NodePool.getDefaultInstance()))
          .is(INDEXED, BLOCKING)),
  NODE_POOL_CREATE(
      Description.write("/v1/node/pools", "Makes a node pool, or changes it")
          .needs(pool("write"))
          .takes(NodePool.getDefaultInstance())
          .is(INDEXED)
          .refuses(INVALID, 400)),
  NODE_POOL_UPSERT(
      Description.write("/v1/node/pool/{pool}", "Makes the node pool of a name, or changes it")
          .needs(pool("write"))
          .takes(NodePool.getDefaultInstance())
          .is(INDEXED)
          .refuses(INVALID, 400)),
  NODE_POOL_DELETE(
      Description.delete("/v1/node/pool/{pool}", "Forgets a node pool with nothing in it")
          .needs(pool("delete"))
          .is(INDEXED)
          .refuses(NOT_FOUND, 500)),
  NODE_POOL_NODES(
      Description.get("/v1/node/pool/{pool}/nodes", "The nodes of a pool")
          .needs(pool("read"))
          .needs(new Right.Node(Access.READ))
          .takes(
              flag("resources", "With what they have and what is kept back"),
              flag("os", "With their operating system"))
          .gives(list(NodeListStub.getDefaultInstance()))
          .is(INDEXED, BLOCKING, PAGED)
          .refuses(INVALID, 400)),
  NODE_POOL_JOBS(
      Description.get("/v1/node/pool/{pool}/jobs", "The jobs of a pool that may be seen")
          .needs(pool("read"))
          .takes(flag("meta", "With their labels"))
          .gives(list(JobListStub.getDefaultInstance()))
          .is(INDEXED, BLOCKING, PAGED, NAMESPACED)
          .refuses(INVALID, 400));

  private final Description description;

  PoolRoute(Description description) {
    this.description = description;
  }

  @Override
  public Description description() {
    return description;
  }

  private static Right pool(String capability) {
    return new Right.NodePool(Set.of(capability));
  }
}
