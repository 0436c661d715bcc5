package io.steppe.alloc.scheduler.fleet;

import io.steppe.proto.v1.AllocatedResources;
import io.steppe.proto.v1.AllocatedTaskResources;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.NetworkResource;
import io.steppe.proto.v1.TaskLifecycle;
import java.util.ArrayList;
import java.util.List;

/**
 * The room an allocation takes on its node. Of tasks that never run at the same time only the
 * larger ones count.
 *
 * @param cpu MHz
 * @param memoryMb MiB
 * @param diskMb MiB
 * @param cores ids of cores it has for itself
 * @param ports host ports it has
 * @param devices ids of device instances it has
 */
public record Footprint(
    String allocationId,
    long cpu,
    long memoryMb,
    long diskMb,
    List<Integer> cores,
    List<HostPort> ports,
    List<String> devices) {

  /** A port of an address of a node. */
  public record HostPort(String ip, int port) {}

  /** The room a stored allocation takes. */
  public static Footprint of(Allocation allocation) {
    return of(allocation.getId(), allocation.getAllocatedResources());
  }

  /** The room an allocation of these resources takes. */
  public static Footprint of(String allocationId, AllocatedResources resources) {
    long[] main = new long[2];
    long[] before = new long[2];
    long[] after = new long[2];
    long[] always = new long[2];
    List<Integer> cores = new ArrayList<>();
    List<HostPort> ports = new ArrayList<>();
    List<String> devices = new ArrayList<>();
    resources
        .getTasksMap()
        .forEach(
            (name, task) -> {
              var lifecycle = resources.getTaskLifecyclesMap().get(name);
              boolean has = lifecycle != null && lifecycle.hasValue();
              add(
                  phase(
                      has ? lifecycle.getValue() : TaskLifecycle.getDefaultInstance(),
                      main,
                      before,
                      after,
                      always),
                  task);
              task.getCpu().getReservedCoresList().forEach(core -> cores.add(core.intValue()));
              task.getDevicesList().forEach(device -> devices.addAll(device.getDeviceIdsList()));
              task.getNetworksList().forEach(network -> addPorts(network, ports));
            });
    var shared = resources.getShared();
    if (shared.getPortsCount() > 0) {
      for (var port : shared.getPortsList()) {
        if (!port.getIgnoreCollision()) {
          ports.add(new HostPort(port.getHostIp(), (int) port.getValue()));
        }
      }
    } else {
      shared.getNetworksList().forEach(network -> addPorts(network, ports));
    }
    return new Footprint(
        allocationId,
        always[0] + Math.max(main[0], Math.max(before[0], after[0])),
        always[1] + Math.max(main[1], Math.max(before[1], after[1])),
        shared.getDiskMb(),
        List.copyOf(cores),
        List.copyOf(ports),
        List.copyOf(devices));
  }

  private static long[] phase(
      TaskLifecycle lifecycle, long[] main, long[] before, long[] after, long[] always) {
    return switch (lifecycle.getHook()) {
      case "prestart" -> lifecycle.getSidecar() ? always : before;
      case "poststop" -> after;
      default -> main;
    };
  }

  private static void add(long[] sum, AllocatedTaskResources task) {
    sum[0] += task.getCpu().getCpuShares();
    sum[1] += task.getMemory().getMemoryMb();
  }

  private static void addPorts(NetworkResource network, List<HostPort> ports) {
    network
        .getReservedPortsList()
        .forEach(port -> ports.add(new HostPort(network.getIp(), (int) port.getValue())));
    network
        .getDynamicPortsList()
        .forEach(port -> ports.add(new HostPort(network.getIp(), (int) port.getValue())));
  }
}
