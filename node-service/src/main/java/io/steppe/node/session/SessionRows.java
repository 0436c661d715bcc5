package io.steppe.node.session;

import io.smallrye.mutiny.Uni;
import io.steppe.ledger.Replicas.Member;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rows that say which replica is responsible for which node. They fail with UNAVAILABLE. */
public interface SessionRows {
  /**
   * Makes this replica responsible for a node, whoever was: the newest session wins. Gives the
   * epoch.
   */
  Uni<Claim> claim(String nodeId, Member self);

  /**
   * Makes this replica responsible for nodes that nobody alive is responsible for.
   *
   * @param expected node id to the epoch of its row, 0 for none; a node whose row is another by
   *     now, or whose replica lives, is left alone
   * @return the rows that became this replica's
   */
  Uni<List<SessionRow>> adopt(Member self, Map<String, Long> expected);

  /** The row of a node. */
  Uni<Optional<SessionRow>> of(String nodeId);

  /** All rows. */
  Uni<List<SessionRow>> all();
}
