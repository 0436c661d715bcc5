package io.steppe.node.registration;

import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodeEvent;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What a node tells of its own past: its latest events. */
public final class NodeEvents {
  public static final String REGISTERED = "Node registered";
  public static final String REREGISTERED = "Node reregistered by heartbeat";
  public static final String HEARTBEAT_MISSED = "Node heartbeat missed";
  public static final String AWAY_TOO_LONG = "Node disconnected for too long";
  public static final String ELIGIBLE = "Node marked as eligible for scheduling";
  public static final String INELIGIBLE = "Node marked as ineligible for scheduling";
  public static final String DRAIN_SET = "Node drain strategy set";
  public static final String DRAIN_UPDATED = "Node drain strategy updated";
  public static final String DRAIN_DISABLED = "Node drain disabled";
  public static final String DRAIN_COMPLETE = "Node drain complete";

  /** Detail of a drain's end: its deadline was over. */
  public static final String DEADLINE_REACHED = "deadline_reached";

  /** Detail of a driver's event: its name. */
  public static final String DRIVER = "driver";

  private static final int KEPT = 10;

  /** Which part of the system an event is of. */
  public enum Subsystem {
    CLUSTER("Cluster"),
    DRAIN("Drain"),
    DRIVER("Driver"),
    HEARTBEAT("Heartbeat");

    private final String text;

    Subsystem(String text) {
      this.text = text;
    }
  }

  private NodeEvents() {}

  /** Adds an event of the cluster; the oldest goes when there are more than ten. */
  public static Node.Builder add(Node.Builder node, String message, long index, Instant now) {
    return add(node, Subsystem.CLUSTER, message, Map.of(), index, now);
  }

  /** Adds an event; the oldest goes when there are more than ten. */
  public static Node.Builder add(
      Node.Builder node,
      Subsystem subsystem,
      String message,
      Map<String, String> details,
      long index,
      Instant now) {
    NodeEvent event =
        NodeEvent.newBuilder()
            .setMessage(message)
            .setSubsystem(subsystem.text)
            .putAllDetails(details)
            .setTimestamp(Times.nanos(now))
            .setCreateIndex(index)
            .build();
    List<NodeEvent> events = List.copyOf(node.getEventsList());
    return node.clearEvents()
        .addAllEvents(events.subList(Math.max(0, events.size() - KEPT + 1), events.size()))
        .addEvents(event);
  }
}
