package io.steppe.alloc.scheduler.feasibility;

import io.steppe.alloc.scheduler.feasibility.GroupNeeds.DistinctHosts;
import io.steppe.alloc.scheduler.feasibility.GroupNeeds.DistinctProperty;
import io.steppe.alloc.scheduler.feasibility.GroupNeeds.PortNeed;
import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.proto.v1.VolumeRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a node can run a group at all, room aside. What holds for a whole computed class is asked
 * once.
 */
public final class Feasibility {
  private final GroupNeeds needs;
  private final Neighbours neighbours;
  private final Map<String, Optional<String>> byClass = new HashMap<>();

  public Feasibility(GroupNeeds needs, Neighbours neighbours) {
    this.needs = needs;
    this.neighbours = neighbours;
  }

  /**
   * Why a node can't run the group, in the words of metrics; empty when it can.
   *
   * @param index of the allocation's name, for volumes that are one an allocation
   */
  public Optional<String> refusal(NodeFacts node, int index) {
    Optional<String> ofClass =
        byClass.computeIfAbsent(node.computedClass(), unused -> classRefusal(node));
    if (ofClass.isPresent()) {
      return ofClass;
    }
    Optional<String> ofNode = nodeRefusal(node, index);
    return ofNode.isPresent() ? ofNode : neighbourRefusal(node);
  }

  /** By computed class of the nodes looked at so far, whether it could run the group. */
  public Map<String, Boolean> classes() {
    Map<String, Boolean> classes = new HashMap<>();
    byClass.forEach((computedClass, refusal) -> classes.put(computedClass, refusal.isEmpty()));
    return classes;
  }

  private Optional<String> classRefusal(NodeFacts node) {
    for (Condition condition : needs.ofClass()) {
      if (!condition.holds(node)) {
        return Optional.of(condition.text());
      }
    }
    return Optional.empty();
  }

  // Drivers, networks and volumes come and go without a new class, so they are asked of every node:
  // a look into a small set.
  private Optional<String> nodeRefusal(NodeFacts node, int index) {
    if (!node.drivers().containsAll(needs.drivers())) {
      return Optional.of("missing drivers");
    }
    for (Condition condition : needs.ofNode()) {
      if (!condition.holds(node)) {
        return Optional.of(condition.text());
      }
    }
    for (String mode : needs.networkModes()) {
      if (!offers(node, mode)) {
        return Optional.of("missing network");
      }
    }
    for (PortNeed need : needs.ports()) {
      String network = need.port().getHostNetwork();
      if (!network.isEmpty()
          && node.addresses().stream().noneMatch(address -> address.network().equals(network))) {
        return Optional.of(
            "missing host network \"" + network + "\" for port \"" + need.port().getLabel() + "\"");
      }
    }
    return volumeRefusal(node, index);
  }

  private static boolean offers(NodeFacts node, String mode) {
    return node.networkModes().contains(mode)
        || mode.startsWith("cni/")
            && node.attributes().containsKey("plugins.cni.version." + mode.substring(4));
  }

  private Optional<String> volumeRefusal(NodeFacts node, int index) {
    for (VolumeRequest volume : needs.hostVolumes()) {
      String source =
          volume.getPerAlloc() ? volume.getSource() + "[" + index + "]" : volume.getSource();
      Boolean readOnly = node.hostVolumes().get(source);
      if (readOnly == null || readOnly && !volume.getReadOnly()) {
        return Optional.of("missing compatible host volumes");
      }
    }
    return needs.csiVolumes().isEmpty()
        ? Optional.empty()
        : Optional.of("missing CSI Volume " + needs.csiVolumes().getFirst());
  }

  private Optional<String> neighbourRefusal(NodeFacts node) {
    boolean taken =
        needs.distinctHosts() == DistinctHosts.JOB && neighbours.ofJob(node.id()) > 0
            || needs.distinctHosts() == DistinctHosts.GROUP
                && neighbours.ofGroup(node.id(), needs.group().getName()) > 0;
    if (taken) {
      return Optional.of("distinct_hosts");
    }
    for (DistinctProperty property : needs.distinctProperties()) {
      Optional<String> value = property.target().resolve(node);
      if (value.isEmpty()) {
        return Optional.of("missing property \"" + property.text() + "\"");
      }
      String group = property.wholeJob() ? "" : needs.group().getName();
      int used = neighbours.byValue(property.target(), group).of(value.get());
      if (used >= property.limit()) {
        return Optional.of(
            "distinct_property: "
                + property.text()
                + "="
                + value.get()
                + " used by "
                + used
                + " allocs");
      }
    }
    return Optional.empty();
  }
}
