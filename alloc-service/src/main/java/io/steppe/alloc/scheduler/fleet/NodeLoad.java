package io.steppe.alloc.scheduler.fleet;

import java.util.ArrayList;
import java.util.List;

/**
 * What runs on a node: an immutable value, its sums kept as allocations come and go.
 *
 * @param cpu MHz in use
 * @param memoryMb MiB in use
 * @param diskMb MiB in use
 */
public record NodeLoad(List<Footprint> footprints, long cpu, long memoryMb, long diskMb) {
  /** A node on which nothing runs. */
  public static final NodeLoad EMPTY = new NodeLoad(List.of(), 0, 0, 0);

  /** With an allocation more, or in place of the one with the same id. */
  NodeLoad with(Footprint footprint) {
    int at = indexOf(footprint.allocationId());
    if (at >= 0 && footprints.get(at).equals(footprint)) {
      return this;
    }
    return (at < 0 ? this : without(at)).plus(footprint);
  }

  /** Without an allocation. */
  NodeLoad without(String allocationId) {
    int at = indexOf(allocationId);
    return at < 0 ? this : without(at);
  }

  private NodeLoad plus(Footprint more) {
    List<Footprint> all = new ArrayList<>(footprints.size() + 1);
    all.addAll(footprints);
    all.add(more);
    return new NodeLoad(
        List.copyOf(all), cpu + more.cpu(), memoryMb + more.memoryMb(), diskMb + more.diskMb());
  }

  private NodeLoad without(int at) {
    if (footprints.size() == 1) {
      return EMPTY;
    }
    List<Footprint> rest = new ArrayList<>(footprints);
    Footprint gone = rest.remove(at);
    return new NodeLoad(
        List.copyOf(rest), cpu - gone.cpu(), memoryMb - gone.memoryMb(), diskMb - gone.diskMb());
  }

  private int indexOf(String allocationId) {
    for (int i = 0; i < footprints.size(); i++) {
      if (footprints.get(i).allocationId().equals(allocationId)) {
        return i;
      }
    }
    return -1;
  }
}
