package io.steppe.node.registration;

import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.TaskGroup;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * How long a silent node may be away without its allocations being lost: as long as the longest of
 * their groups' disconnect blocks says. While it holds the node is disconnected, then it is down.
 */
public final class Disconnection {
  private static final Set<String> ENDED = Set.of("complete", "failed", "lost");
  private static final String RUN = "run";

  private Disconnection() {}

  /**
   * Until when the node may be away; empty when none of its allocations may wait for it.
   *
   * @param now when it was found silent, where it is not disconnected already
   */
  public static Optional<Instant> until(NodeView view, Node node, Instant now) {
    Instant since =
        NodeStatus.DISCONNECTED.isOf(node) ? Instant.ofEpochSecond(node.getStatusUpdatedAt()) : now;
    return view.allocationsOf(node.getId()).values().stream()
        .filter(Disconnection::mayRun)
        .flatMap(allocation -> lostAfter(view, allocation).stream())
        .max(Duration::compareTo)
        .map(since::plus)
        .filter(now::isBefore);
  }

  private static boolean mayRun(Allocation allocation) {
    return allocation.getDesiredStatus().equals(RUN)
        && !ENDED.contains(allocation.getClientStatus());
  }

  private static Optional<Duration> lostAfter(NodeView view, Allocation allocation) {
    return view.jobOf(allocation).stream()
        .flatMap(job -> job.getTaskGroupsList().stream())
        .filter(group -> group.getName().equals(allocation.getTaskGroup()))
        .findFirst()
        .map(Disconnection::lostAfter)
        .filter(Duration::isPositive);
  }

  /** The older {@code max_client_disconnect} counts where there is no disconnect block. */
  private static Duration lostAfter(TaskGroup group) {
    return Duration.ofNanos(
        group.hasDisconnect()
            ? group.getDisconnect().getLostAfter()
            : group.getMaxClientDisconnect());
  }
}
