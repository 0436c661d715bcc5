package io.steppe.node.pool;

import io.smallrye.mutiny.Uni;

/** The jobs that choose their nodes from a pool; alloc-service knows them. */
@FunctionalInterface
public interface PoolJobs {
  /**
   * Whether there is one that is not dead. Fails with {@link io.steppe.rpc.Failure}, UNAVAILABLE
   * when nobody can tell.
   */
  Uni<Boolean> anyLiving(String pool);
}
