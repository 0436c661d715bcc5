package io.steppe.node.registration;

import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodeEvent;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What a node tells of its own past: its latest events. */
public final class NodeEvents {
  public static final String REGISTERED = "Node registered";
  public static final String REREGISTERED = "Node reregistered by heartbeat";
  public static final String HEARTBEAT_MISSED = "Node heartbeat missed";
  public static final String ELIGIBLE = "Node marked as eligible for scheduling";
  public static final String INELIGIBLE = "Node marked as ineligible for scheduling";

  private static final String CLUSTER = "Cluster";
  private static final int KEPT = 10;

  private NodeEvents() {}

  /** Adds an event; the oldest goes when there are more than ten. */
  public static Node.Builder add(Node.Builder node, String message, long index, Instant now) {
    NodeEvent event =
        NodeEvent.newBuilder()
            .setMessage(message)
            .setSubsystem(CLUSTER)
            .setTimestamp(nanos(now))
            .setCreateIndex(index)
            .build();
    List<NodeEvent> events = List.copyOf(node.getEventsList());
    return node.clearEvents()
        .addAllEvents(events.subList(Math.max(0, events.size() - KEPT + 1), events.size()))
        .addEvents(event);
  }

  private static long nanos(Instant instant) {
    return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
  }
}
