package io.steppe.agent.driver;

import io.steppe.proto.v1.AllocatedPortMapping;
import io.steppe.proto.v1.AllocatedResources;
import io.steppe.proto.v1.AllocatedTaskResources;
import io.steppe.proto.v1.NetworkResource;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a task was given of its node.
 *
 * @param cpuShares MHz
 * @param processors the same as a fraction of processors
 * @param cores reserved for it alone; mostly none
 * @param memoryMb what is reserved for it
 * @param memoryMaxMb what it may use, where that is more; 0 otherwise
 */
public record TaskResources(
    long cpuShares,
    double processors,
    List<Integer> cores,
    long memoryMb,
    long memoryMaxMb,
    List<Mapped> ports) {
  public static final TaskResources NONE = new TaskResources(0, 0, List.of(), 0, 0, List.of());

  /**
   * A port of the node.
   *
   * @param to the port inside, 0 for the same
   */
  public record Mapped(String label, String hostIp, int value, int to) {
    public int inside() {
      return to > 0 ? to : value;
    }
  }

  /**
   * What an allocation holds for a task, with the ports of the group.
   *
   * @param node says how many MHz a processor is
   */
  public static TaskResources of(AllocatedResources resources, String task, Node node) {
    AllocatedTaskResources own =
        resources.getTasksOrDefault(task, AllocatedTaskResources.getDefaultInstance());
    List<Mapped> ports = new ArrayList<>();
    own.getNetworksList().forEach(network -> ports.addAll(ports(network)));
    List<AllocatedPortMapping> shared = resources.getShared().getPortsList();
    if (shared.isEmpty()) {
      resources.getShared().getNetworksList().forEach(network -> ports.addAll(ports(network)));
    }
    shared.forEach(
        port ->
            ports.add(
                new Mapped(
                    port.getLabel(),
                    port.getHostIp(),
                    Math.toIntExact(port.getValue()),
                    Math.toIntExact(port.getTo()))));
    return new TaskResources(
        own.getCpu().getCpuShares(),
        own.getCpu().getCpuShares() * processorsPerShare(node),
        own.getCpu().getReservedCoresList().stream().map(Number::intValue).toList(),
        own.getMemory().getMemoryMb(),
        own.getMemory().getMemoryMaxMb(),
        ports);
  }

  private static double processorsPerShare(Node node) {
    var cpu = node.getNodeResources().getCpu();
    return cpu.getCpuShares() == 0 ? 0 : (double) cpu.getTotalCpuCores() / cpu.getCpuShares();
  }

  private static List<Mapped> ports(NetworkResource network) {
    return Stream.concat(
            network.getReservedPortsList().stream(), network.getDynamicPortsList().stream())
        .map(port -> mapped(port, network.getIp()))
        .toList();
  }

  private static Mapped mapped(Port port, String ip) {
    return new Mapped(
        port.getLabel(), ip, Math.toIntExact(port.getValue()), Math.toIntExact(port.getTo()));
  }

  /** The most memory it may use, in bytes; 0 for no limit. */
  public long memoryLimit() {
    return Math.max(memoryMb, memoryMaxMb) << 20;
  }
}
