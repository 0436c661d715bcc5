package io.steppe.alloc.scheduler.fleet;

import io.steppe.proto.v1.Node;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A node as the scheduler sees it, converted once.
 *
 * @param status ready, down, disconnected or initializing
 * @param eligible takes new allocations
 * @param drain present while it is being emptied
 * @param computedClass nodes of one class are alike in everything but what is unique to a node
 * @param drivers detected and healthy ones
 * @param hostVolumes name to whether it is read only
 * @param cpu MHz that allocations may have
 * @param memoryMb MiB that allocations may have
 * @param diskMb MiB that allocations may have
 * @param mhzPerCore of one core that is given away whole
 * @param cores ids of the cores that may be given away whole
 * @param maxAllocations 0 for no limit
 */
public record NodeFacts(
    String id,
    String name,
    String datacenter,
    String pool,
    String nodeClass,
    String computedClass,
    String status,
    boolean eligible,
    Optional<Drain> drain,
    Map<String, String> attributes,
    Map<String, String> meta,
    Set<String> drivers,
    Map<String, Boolean> hostVolumes,
    Set<String> networkModes,
    List<HostAddress> addresses,
    long cpu,
    long memoryMb,
    long diskMb,
    long mhzPerCore,
    List<Integer> cores,
    int minDynamicPort,
    int maxDynamicPort,
    long maxAllocations,
    List<DeviceGroup> devices) {

  private static final int FIRST_DYNAMIC_PORT = 20000;
  private static final int LAST_DYNAMIC_PORT = 32000;

  /** Whether new allocations may be placed on it. */
  public boolean ready() {
    return status.equals("ready") && eligible && drain.isEmpty();
  }

  /** Whether it is being emptied. */
  public boolean draining() {
    return drain.isPresent();
  }

  /** Whether it is gone: what ran there is lost. */
  public boolean down() {
    return status.equals("down");
  }

  /** Whether it is away for now. */
  public boolean disconnected() {
    return status.equals("disconnected");
  }

  /** Reads a stored node. */
  public static NodeFacts of(Node node) {
    var resources = node.getNodeResources();
    var kept = node.getReservedResources();
    var cpu = resources.getCpu();
    long coreCount = Math.max(1, cpu.getTotalCpuCores());
    var keptCores = new HashSet<>(kept.getCpu().getReservedCpuCoresList());
    List<Integer> cores = new ArrayList<>();
    for (long core : cpu.getReservableCpuCoresList()) {
      if (!keptCores.contains(core)) {
        cores.add((int) core);
      }
    }
    return new NodeFacts(
        node.getId(),
        node.getName(),
        node.getDatacenter(),
        node.getNodePool().isEmpty() ? "default" : node.getNodePool(),
        node.getNodeClass(),
        node.getComputedClass().isEmpty() ? node.getId() : node.getComputedClass(),
        node.getStatus(),
        !node.getSchedulingEligibility().equals("ineligible"),
        Drain.of(node),
        node.getAttributesMap(),
        node.getMetaMap(),
        drivers(node),
        hostVolumes(node),
        networkModes(node),
        addresses(node),
        cpu.getCpuShares() - kept.getCpu().getCpuShares(),
        resources.getMemory().getMemoryMb() - kept.getMemory().getMemoryMb(),
        resources.getDisk().getDiskMb() - kept.getDisk().getDiskMb(),
        cpu.getCpuShares() / coreCount,
        List.copyOf(cores),
        resources.getMinDynamicPort() > 0
            ? (int) resources.getMinDynamicPort()
            : FIRST_DYNAMIC_PORT,
        resources.getMaxDynamicPort() > 0 ? (int) resources.getMaxDynamicPort() : LAST_DYNAMIC_PORT,
        node.getNodeMaxAllocs(),
        devices(node));
  }

  private static Set<String> drivers(Node node) {
    Set<String> healthy = new HashSet<>();
    node.getDriversMap()
        .forEach(
            (name, info) -> {
              if (info.getDetected() && info.getHealthy()) {
                healthy.add(name);
              }
            });
    return Set.copyOf(healthy);
  }

  private static Map<String, Boolean> hostVolumes(Node node) {
    Map<String, Boolean> volumes = new HashMap<>();
    node.getHostVolumesMap().forEach((name, volume) -> volumes.put(name, volume.getReadOnly()));
    return Map.copyOf(volumes);
  }

  private static Set<String> networkModes(Node node) {
    Set<String> modes = new HashSet<>();
    modes.add("host");
    modes.add("none");
    node.getNodeResources().getNodeNetworksList().forEach(network -> modes.add(network.getMode()));
    node.getNodeResources().getNetworksList().forEach(network -> modes.add(network.getMode()));
    modes.remove("");
    return Set.copyOf(modes);
  }

  private static List<HostAddress> addresses(Node node) {
    BitSet everywhere =
        PortRanges.parse(node.getReservedResources().getNetworks().getReservedHostPorts());
    List<HostAddress> addresses = new ArrayList<>();
    for (var network : node.getNodeResources().getNodeNetworksList()) {
      for (var address : network.getAddressesList()) {
        var reserved = PortRanges.parse(address.getReservedPorts());
        reserved.or(everywhere);
        String alias = address.getAlias().isEmpty() ? "default" : address.getAlias();
        addresses.add(new HostAddress(alias, address.getAddress(), reserved));
      }
    }
    if (addresses.isEmpty()) {
      for (var network : node.getNodeResources().getNetworksList()) {
        if (!network.getIp().isEmpty()) {
          addresses.add(new HostAddress("default", network.getIp(), everywhere));
        }
      }
    }
    return List.copyOf(addresses);
  }

  private static List<DeviceGroup> devices(Node node) {
    List<DeviceGroup> groups = new ArrayList<>();
    for (var device : node.getNodeResources().getDevicesList()) {
      List<String> healthy = new ArrayList<>();
      device
          .getInstancesList()
          .forEach(
              instance -> {
                if (instance.getHealthy()) {
                  healthy.add(instance.getId());
                }
              });
      groups.add(
          new DeviceGroup(
              device.getVendor(), device.getType(), device.getName(), List.copyOf(healthy)));
    }
    return List.copyOf(groups);
  }
}
