package io.steppe.alloc.scheduler.fleet;

import io.steppe.alloc.scheduler.fleet.Footprint.HostPort;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The room of one node while a plan is made or checked: starts as the node is and follows what the
 * plan takes and frees.
 */
public final class NodeRoom {
  private final NodeFacts node;
  private final Map<String, Footprint> footprints = new HashMap<>();
  private long cpu;
  private long memoryMb;
  private long diskMb;
  // Ports by address, cores and devices in use: made when somebody first asks, since most jobs
  // never do.
  private Map<String, BitSet> ports;

  /** The room of a node as it is. */
  public NodeRoom(NodeFacts node, NodeLoad load) {
    this.node = node;
    load.footprints().forEach(footprint -> footprints.put(footprint.allocationId(), footprint));
    this.cpu = load.cpu();
    this.memoryMb = load.memoryMb();
    this.diskMb = load.diskMb();
  }

  public NodeFacts node() {
    return node;
  }

  /** MHz in use. */
  public long cpu() {
    return cpu;
  }

  /** MiB in use. */
  public long memoryMb() {
    return memoryMb;
  }

  /** MiB in use. */
  public long diskMb() {
    return diskMb;
  }

  /** Allocations that take room. */
  public int allocations() {
    return footprints.size();
  }

  /** Gives the room of an allocation back; false if it had none. */
  public boolean free(String allocationId) {
    Footprint gone = footprints.remove(allocationId);
    if (gone == null) {
      return false;
    }
    cpu -= gone.cpu();
    memoryMb -= gone.memoryMb();
    diskMb -= gone.diskMb();
    // Two allocations may hold a port that collisions are ignored for, so the sets are made anew
    // rather than cleared.
    ports = null;
    return true;
  }

  /** Takes room for an allocation, or says what is in the way and takes nothing. */
  public Optional<String> take(Footprint footprint) {
    Optional<String> inTheWay = refusal(footprint);
    if (inTheWay.isEmpty()) {
      takeUnchecked(footprint);
    }
    return inTheWay;
  }

  /** Takes room that was found to be there. */
  public void takeUnchecked(Footprint footprint) {
    footprints.put(footprint.allocationId(), footprint);
    cpu += footprint.cpu();
    memoryMb += footprint.memoryMb();
    diskMb += footprint.diskMb();
    if (ports != null) {
      footprint.ports().forEach(port -> used(port.ip()).set(port.port()));
    }
  }

  private Optional<String> refusal(Footprint more) {
    if (node.maxAllocations() > 0 && footprints.size() >= node.maxAllocations()) {
      return Optional.of("max allocations exceeded");
    }
    Optional<String> dimension = exhausted(more.cpu(), more.memoryMb(), more.diskMb());
    if (dimension.isPresent()) {
      return dimension;
    }
    if (!more.cores().isEmpty()) {
      Set<Integer> taken = usedCores();
      if (more.cores().stream()
          .anyMatch(core -> taken.contains(core) || !node.cores().contains(core))) {
        return Optional.of("cores");
      }
    }
    var given = new HashSet<HostPort>();
    for (HostPort port : more.ports()) {
      if (!given.add(port) || used(port.ip()).get(port.port())) {
        return Optional.of("reserved port collision");
      }
    }
    Set<String> takenDevices = more.devices().isEmpty() ? Set.of() : usedDevices();
    return more.devices().stream().anyMatch(takenDevices::contains)
        ? Optional.of("device oversubscribed")
        : Optional.empty();
  }

  /** Which of cpu, memory and disk is too short for this much more. */
  public Optional<String> exhausted(long moreCpu, long moreMemoryMb, long moreDiskMb) {
    if (moreCpu > node.cpu() - cpu) {
      return Optional.of("cpu");
    }
    if (moreMemoryMb > node.memoryMb() - memoryMb) {
      return Optional.of("memory");
    }
    return moreDiskMb > node.diskMb() - diskMb ? Optional.of("disk") : Optional.empty();
  }

  /**
   * Ports in use on an address, those the node keeps among them; not to be changed by the caller.
   */
  public BitSet used(String ip) {
    if (ports == null) {
      ports = new HashMap<>();
      for (HostAddress address : node.addresses()) {
        ports.computeIfAbsent(address.ip(), unused -> new BitSet()).or(address.reserved());
      }
      for (Footprint footprint : footprints.values()) {
        footprint
            .ports()
            .forEach(
                port -> ports.computeIfAbsent(port.ip(), unused -> new BitSet()).set(port.port()));
      }
    }
    return ports.computeIfAbsent(ip, unused -> new BitSet());
  }

  /** Cores that allocations have for themselves. */
  public Set<Integer> usedCores() {
    Set<Integer> taken = new HashSet<>();
    footprints.values().forEach(footprint -> taken.addAll(footprint.cores()));
    return taken;
  }

  /** Device instances that allocations have. */
  public Set<String> usedDevices() {
    Set<String> taken = new HashSet<>();
    footprints.values().forEach(footprint -> taken.addAll(footprint.devices()));
    return taken;
  }
}
