package io.steppe.agent.session;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoubleSupplier;

/**
 * Where node-service may be: as set, and as replicas say. A session is with one replica, chosen at
 * random.
 */
final class Servers {
  private static final String DNS = "dns:///";

  private List<String> configured;
  private final DoubleSupplier random;
  private List<String> learned = List.of();
  private String last = "";

  Servers(List<String> configured, DoubleSupplier random) {
    this.configured = configured;
    this.random = random;
  }

  synchronized void learn(List<String> servers) {
    learned = List.copyOf(servers);
  }

  /** All addresses there are. */
  synchronized List<String> all() {
    Set<String> all = new LinkedHashSet<>(learned);
    configured.forEach(server -> all.addAll(resolve(server)));
    return List.copyOf(all);
  }

  /** These addresses from now on, instead of all others. */
  synchronized void replace(List<String> servers) {
    configured = List.copyOf(servers);
    learned = List.of();
  }

  /** Whether the address tried last is one of those there are. */
  synchronized boolean isLastKnown() {
    return all().contains(last);
  }

  /** An address to try: not the last one, where there are others. */
  synchronized Optional<String> next() {
    List<String> choices = new ArrayList<>(all());
    if (choices.size() > 1) {
      choices.remove(last);
    }
    if (choices.isEmpty()) {
      return Optional.empty();
    }
    last = choices.get((int) (random.getAsDouble() * choices.size()));
    return Optional.of(last);
  }

  /** A name that stands for several replicas gives one address each. */
  private static List<String> resolve(String server) {
    if (!server.startsWith(DNS)) {
      return List.of(server.strip());
    }
    String target = server.substring(DNS.length());
    int colon = target.lastIndexOf(':');
    try {
      List<String> addresses = new ArrayList<>();
      for (InetAddress address : InetAddress.getAllByName(target.substring(0, colon))) {
        String host = address.getHostAddress();
        addresses.add((host.contains(":") ? "[" + host + "]" : host) + target.substring(colon));
      }
      return addresses;
    } catch (UnknownHostException | StringIndexOutOfBoundsException e) {
      return List.of();
    }
  }
}
