package io.steppe.alloc.scheduler.feasibility;

import io.steppe.alloc.scheduler.fleet.Fleet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where the allocations of one job are while a plan is made, counted by node and by what nodes have
 * in common.
 */
public final class Neighbours {
  private final Fleet fleet;
  private final Map<String, Map<String, Integer>> byNode = new HashMap<>();
  private final Map<Use, ValueCounts> uses = new HashMap<>();

  /** Values of a target, counted for a group or, where the group is empty, for the whole job. */
  private record Use(Target target, String group) {}

  public Neighbours(Fleet fleet) {
    this.fleet = fleet;
  }

  /** An allocation of a group is on a node now. */
  public void add(String nodeId, String group) {
    change(nodeId, group, 1);
  }

  /** An allocation of a group is no longer on a node. */
  public void remove(String nodeId, String group) {
    change(nodeId, group, -1);
  }

  private void change(String nodeId, String group, int by) {
    byNode.computeIfAbsent(nodeId, unused -> new HashMap<>()).merge(group, by, Integer::sum);
    uses.forEach(
        (use, counts) -> {
          if (use.group().isEmpty() || use.group().equals(group)) {
            valueOn(nodeId, use.target()).ifPresent(value -> counts.change(value, by));
          }
        });
  }

  /** Allocations of a group on a node. */
  public int ofGroup(String nodeId, String group) {
    return byNode.getOrDefault(nodeId, Map.of()).getOrDefault(group, 0);
  }

  /** Allocations of the job on a node. */
  public int ofJob(String nodeId) {
    int sum = 0;
    for (int count : byNode.getOrDefault(nodeId, Map.of()).values()) {
      sum += count;
    }
    return sum;
  }

  /**
   * Allocations by value of a target, kept up to date from now on.
   *
   * @param group empty for the whole job
   */
  public ValueCounts byValue(Target target, String group) {
    return uses.computeIfAbsent(new Use(target, group), this::count);
  }

  private ValueCounts count(Use use) {
    var counts = new ValueCounts();
    byNode.forEach(
        (nodeId, groups) -> {
          Optional<String> value = valueOn(nodeId, use.target());
          groups.forEach(
              (group, count) -> {
                if (count != 0 && (use.group().isEmpty() || use.group().equals(group))) {
                  value.ifPresent(has -> counts.change(has, count));
                }
              });
        });
    return counts;
  }

  private Optional<String> valueOn(String nodeId, Target target) {
    return fleet.node(nodeId).flatMap(target::resolve);
  }
}
