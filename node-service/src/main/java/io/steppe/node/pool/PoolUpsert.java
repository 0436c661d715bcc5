package io.steppe.node.pool;

import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.node.view.BuiltInPools;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.NodePool;
import io.steppe.rpc.ErrorList;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.NodePoolChangedReply;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A node pool is made or described anew. One that says so already stays as it is.
 *
 * @param pool as asked for, valid
 */
record PoolUpsert(NodePool pool) implements Decision<NodeView, NodePoolChangedReply> {
  private static final String NAME = "^[a-zA-Z0-9-_]{1,128}$";
  private static final Pattern NAMES = Pattern.compile(NAME);
  private static final int MAX_DESCRIPTION = 256;
  private static final int MAX_BYTES = 64 << 10;
  private static final Set<String> ALGORITHMS = Set.of("", "binpack", "spread");

  /**
   * A pool as an operator asks for it.
   *
   * @throws Failure INVALID, with everything that is wrong with it
   */
  static PoolUpsert of(NodePool asked) {
    if (BuiltInPools.contains(asked.getName())) {
      throw Failure.invalid("modifying node pool \"" + asked.getName() + "\" is not allowed");
    }
    List<String> wrong = errors(asked);
    if (!wrong.isEmpty()) {
      throw Failure.invalid(
          "invalid node pool \"" + asked.getName() + "\": " + ErrorList.text(wrong) + "\n");
    }
    return new PoolUpsert(asked.toBuilder().clearCreateIndex().clearModifyIndex().build());
  }

  private static List<String> errors(NodePool pool) {
    List<String> errors = new ArrayList<>();
    if (!NAMES.matcher(pool.getName()).matches()) {
      errors.add("invalid name \"" + pool.getName() + "\", must match regex " + NAME);
    }
    if (pool.getDescription().length() > MAX_DESCRIPTION) {
      errors.add("description longer than " + MAX_DESCRIPTION);
    }
    String algorithm = pool.getSchedulerConfiguration().getSchedulerAlgorithm();
    if (!ALGORITHMS.contains(algorithm)) {
      errors.add("invalid scheduler algorithm \"" + algorithm + "\"");
    }
    if (pool.getSerializedSize() > MAX_BYTES) {
      errors.add("larger than " + MAX_BYTES + " bytes");
    }
    return errors;
  }

  @Override
  public Outcome<NodePoolChangedReply> decide(NodeView view, long index, Instant now) {
    Optional<NodePool> stored = Optional.ofNullable(view.pools().get(pool.getName()));
    NodePool.Builder wanted =
        pool.toBuilder().setCreateIndex(stored.map(NodePool::getCreateIndex).orElse(index));
    if (stored.isPresent()) {
      NodePool known = stored.get();
      if (known.equals(wanted.setModifyIndex(known.getModifyIndex()).build())) {
        return new Outcome.Unchanged<>(reply(known.getModifyIndex()));
      }
    }
    return new Outcome.Commit<>(List.of(PoolChange.put(wanted, index)), reply(index));
  }

  private static NodePoolChangedReply reply(long index) {
    return NodePoolChangedReply.newBuilder().setIndex(index).build();
  }
}
