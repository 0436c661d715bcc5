package io.steppe.node.registration;

import io.steppe.node.view.BuiltInPools;
import io.steppe.proto.v1.DriverInfo;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.Failure;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What an agent says of its node: valid, with defaults filled in, and nothing in it that is the
 * control plane's to say.
 *
 * @param node without status, indexes, events, eligibility, drain and secret; with its computed
 *     class
 */
public record Fingerprint(Node node) {
  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final Pattern POOL = Pattern.compile("[a-zA-Z0-9_-]{1,128}");

  /**
   * Checks and cleans what an agent sent.
   *
   * @throws Failure INVALID, with what is wrong
   */
  public static Fingerprint of(Node sent) {
    require(!sent.getId().isEmpty(), "missing node ID for client registration");
    require(UUID.matcher(sent.getId()).matches(), "node ID must be a UUID in lower case");
    require(!sent.getDatacenter().isEmpty(), "missing datacenter for client registration");
    require(!sent.getName().isEmpty(), "missing node name for client registration");
    String pool = sent.getNodePool().isEmpty() ? BuiltInPools.DEFAULT : sent.getNodePool();
    require(POOL.matcher(pool).matches(), "invalid node pool \"" + pool + "\"");
    require(
        !pool.equals(BuiltInPools.ALL),
        "node is not allowed to register in node pool \"" + pool + "\"");
    Node.Builder node = withoutServersFields(sent.toBuilder()).setNodePool(pool);
    return new Fingerprint(node.setComputedClass(ComputedClass.of(node.build())).build());
  }

  /** Whether a stored node says the same; when a driver was looked at last doesn't count. */
  boolean matches(Node stored) {
    Node.Builder known = withoutServersFields(stored.toBuilder());
    return withoutTimes(known).equals(withoutTimes(node.toBuilder()));
  }

  /** The stored node with this fingerprint: what the control plane says of it stays. */
  Node.Builder over(Node stored) {
    return node.toBuilder()
        .setSchedulingEligibility(stored.getSchedulingEligibility())
        .setDrain(stored.getDrain())
        .mergeFrom(drainOf(stored))
        .addAllEvents(stored.getEventsList())
        .setLastAllocUpdateIndex(stored.getLastAllocUpdateIndex())
        .setLastMissedHeartbeatIndex(stored.getLastMissedHeartbeatIndex())
        .setStatus(stored.getStatus())
        .setStatusDescription(stored.getStatusDescription())
        .setStatusUpdatedAt(stored.getStatusUpdatedAt())
        .setIdentitySigningKeyId(stored.getIdentitySigningKeyId())
        .setSecretHash(stored.getSecretHash())
        .setCreateIndex(stored.getCreateIndex());
  }

  private static Node drainOf(Node stored) {
    Node.Builder drain = Node.newBuilder();
    if (stored.hasDrainStrategy()) {
      drain.setDrainStrategy(stored.getDrainStrategy());
    }
    if (stored.hasLastDrain()) {
      drain.setLastDrain(stored.getLastDrain());
    }
    return drain.build();
  }

  private static Node.Builder withoutServersFields(Node.Builder node) {
    return node.clearSchedulingEligibility()
        .clearDrain()
        .clearDrainStrategy()
        .clearLastDrain()
        .clearEvents()
        .clearLastAllocUpdateIndex()
        .clearLastMissedHeartbeatIndex()
        .clearStatus()
        .clearStatusDescription()
        .clearStatusUpdatedAt()
        .clearIdentitySigningKeyId()
        .clearSecretId()
        .clearSecretHash()
        .clearCreateIndex()
        .clearModifyIndex();
  }

  private static Node withoutTimes(Node.Builder node) {
    Map.copyOf(node.getDriversMap())
        .forEach(
            (name, driver) ->
                node.putDrivers(name, DriverInfo.newBuilder(driver).clearUpdateTime().build()));
    return node.build();
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw Failure.invalid(otherwise);
    }
  }
}
