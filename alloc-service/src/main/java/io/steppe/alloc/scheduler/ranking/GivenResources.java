package io.steppe.alloc.scheduler.ranking;

import io.steppe.alloc.scheduler.feasibility.GroupNeeds;
import io.steppe.alloc.scheduler.feasibility.GroupNeeds.PortNeed;
import io.steppe.alloc.scheduler.fleet.Footprint.HostPort;
import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.proto.v1.AllocatedPortMapping;
import io.steppe.proto.v1.AllocatedResources;
import io.steppe.proto.v1.NetworkResource;
import io.steppe.proto.v1.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes what an allocation was given the way allocations carry it. */
final class GivenResources {
  private GivenResources() {}

  static AllocatedResources of(GroupNeeds needs, Choice choice) {
    boolean plain = needs.ports().isEmpty() && needs.group().getNetworksCount() == 0;
    if (plain && choice.cores().isEmpty() && choice.devices().isEmpty()) {
      return needs.template();
    }
    var resources = needs.template().toBuilder();
    choice
        .cores()
        .forEach(
            (task, cores) -> {
              var allocated = resources.getTasksOrThrow(task).toBuilder();
              cores.forEach(core -> allocated.getCpuBuilder().addReservedCores(core));
              allocated.getCpuBuilder().setCpuShares(choice.node().mhzPerCore() * cores.size());
              resources.putTasks(task, allocated.build());
            });
    choice
        .devices()
        .forEach(
            (task, devices) ->
                resources.putTasks(
                    task,
                    resources.getTasksOrThrow(task).toBuilder().addAllDevices(devices).build()));
    needs
        .group()
        .getNetworksList()
        .forEach(
            network -> {
              var shared = resources.getSharedBuilder();
              shared.addNetworks(network(choice.node(), network, "", choice.ports()));
              mappings(network, choice.ports()).forEach(shared::addPorts);
            });
    needs.group().getTasksList().stream()
        .filter(task -> task.getResources().getNetworksCount() > 0)
        .forEach(
            task -> {
              var allocated = resources.getTasksOrThrow(task.getName()).toBuilder();
              task.getResources()
                  .getNetworksList()
                  .forEach(
                      network ->
                          allocated.addNetworks(
                              network(choice.node(), network, task.getName(), choice.ports())));
              resources.putTasks(task.getName(), allocated.build());
            });
    return resources.build();
  }

  private static NetworkResource network(
      NodeFacts node, NetworkResource asked, String task, Map<PortNeed, HostPort> given) {
    var network = asked.toBuilder().clearReservedPorts().clearDynamicPorts();
    String ip = node.addresses().isEmpty() ? "" : node.addresses().getFirst().ip();
    for (Port port : asked.getReservedPortsList()) {
      HostPort host = given.get(new PortNeed(task, port, (int) port.getValue()));
      ip = host.ip();
      network.addReservedPorts(port(port, host));
    }
    for (Port port : asked.getDynamicPortsList()) {
      HostPort host = given.get(new PortNeed(task, port, 0));
      ip = host.ip();
      network.addDynamicPorts(port(port, host));
    }
    return network.setIp(ip).build();
  }

  private static Port port(Port asked, HostPort given) {
    return asked.toBuilder().setValue(given.port()).setTo(inside(asked, given)).build();
  }

  private static List<AllocatedPortMapping> mappings(
      NetworkResource asked, Map<PortNeed, HostPort> given) {
    List<AllocatedPortMapping> mappings = new ArrayList<>();
    asked
        .getReservedPortsList()
        .forEach(
            port ->
                mappings.add(
                    mapping(port, given.get(new PortNeed("", port, (int) port.getValue())))));
    asked
        .getDynamicPortsList()
        .forEach(port -> mappings.add(mapping(port, given.get(new PortNeed("", port, 0)))));
    return mappings;
  }

  private static AllocatedPortMapping mapping(Port asked, HostPort given) {
    return AllocatedPortMapping.newBuilder()
        .setLabel(asked.getLabel())
        .setValue(given.port())
        .setTo(inside(asked, given))
        .setHostIp(given.ip())
        .setIgnoreCollision(asked.getIgnoreCollision())
        .build();
  }

  // -1 asks for the same port inside the network namespace as outside.
  private static long inside(Port asked, HostPort given) {
    return asked.getTo() == -1 ? given.port() : asked.getTo();
  }
}
