package io.steppe.alloc.scheduler.ranking;

import io.steppe.alloc.scheduler.feasibility.GroupNeeds.PortNeed;
import io.steppe.alloc.scheduler.fleet.Footprint.HostPort;
import io.steppe.alloc.scheduler.fleet.HostAddress;
import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.alloc.scheduler.fleet.NodeRoom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Gives ports of a node: the static ones asked for, and dynamic ones nobody has. */
final class Ports {
  private static final int RANDOM_TRIES = 20;

  private Ports() {}

  /** What came of asking. */
  sealed interface Offer {}

  /** A port for each that was asked for. */
  record Given(Map<PortNeed, HostPort> ports) implements Offer {}

  /** Why not, in the words of metrics. */
  record Refused(String reason) implements Offer {}

  static Offer offer(NodeRoom room, List<PortNeed> needs, RandomGenerator random) {
    Map<PortNeed, HostPort> given = new HashMap<>();
    Set<HostPort> taken = new HashSet<>();
    // Static ports first, lest a dynamic one takes theirs.
    for (PortNeed need : needs) {
      if (need.value() > 0) {
        List<HostAddress> addresses = addresses(room.node(), need);
        if (addresses.isEmpty()) {
          return noAddress(need);
        }
        HostPort port = fixed(room, addresses, need, taken);
        if (port == null) {
          return new Refused(
              "network: reserved port collision " + need.port().getLabel() + "=" + need.value());
        }
        given.put(need, port);
      }
    }
    for (PortNeed need : needs) {
      if (need.value() == 0) {
        List<HostAddress> addresses = addresses(room.node(), need);
        if (addresses.isEmpty()) {
          return noAddress(need);
        }
        HostPort port = dynamic(room, addresses, taken, random);
        if (port == null) {
          return new Refused("network: dynamic port selection failed");
        }
        given.put(need, port);
      }
    }
    return new Given(given);
  }

  private static Refused noAddress(PortNeed need) {
    return new Refused(
        "network: no addresses available for \"" + need.port().getHostNetwork() + "\" network");
  }

  private static List<HostAddress> addresses(NodeFacts node, PortNeed need) {
    String network =
        need.port().getHostNetwork().isEmpty() ? "default" : need.port().getHostNetwork();
    return node.addresses().stream().filter(address -> address.network().equals(network)).toList();
  }

  private static HostPort fixed(
      NodeRoom room, List<HostAddress> addresses, PortNeed need, Set<HostPort> taken) {
    for (HostAddress address : addresses) {
      var port = new HostPort(address.ip(), need.value());
      if (need.port().getIgnoreCollision()) {
        return port;
      }
      if (!room.used(address.ip()).get(need.value()) && taken.add(port)) {
        return port;
      }
    }
    return null;
  }

  private static HostPort dynamic(
      NodeRoom room, List<HostAddress> addresses, Set<HostPort> taken, RandomGenerator random) {
    for (HostAddress address : addresses) {
      var used = room.used(address.ip());
      int first = room.node().minDynamicPort();
      int bound = room.node().maxDynamicPort() + 1;
      if (bound <= first) {
        continue;
      }
      for (int i = 0; i < RANDOM_TRIES; i++) {
        var port = new HostPort(address.ip(), random.nextInt(first, bound));
        if (!used.get(port.port()) && taken.add(port)) {
          return port;
        }
      }
      List<HostPort> free = new ArrayList<>();
      for (int port = used.nextClearBit(first); port < bound; port = used.nextClearBit(port + 1)) {
        var candidate = new HostPort(address.ip(), port);
        if (!taken.contains(candidate)) {
          free.add(candidate);
        }
      }
      if (!free.isEmpty()) {
        HostPort port = free.get(random.nextInt(free.size()));
        taken.add(port);
        return port;
      }
    }
    return null;
  }
}
