package io.steppe.node.introduction;

import io.smallrye.mutiny.Uni;
import io.steppe.rpc.v1.Register;

/** Looks at what a node shows that wants to be registered. */
public interface Introductions {
  /**
   * What the registration is decided by. Fails with UNAVAILABLE when it can't be looked at now.
   *
   * @param known whether the node is known already, as far as this replica has heard
   */
  Uni<Introduction> of(Register message, boolean known);

  /** Nodes need none. */
  static Introductions notAsked() {
    return (_, _) -> Uni.createFrom().item(new Introduction.NotAsked());
  }
}
