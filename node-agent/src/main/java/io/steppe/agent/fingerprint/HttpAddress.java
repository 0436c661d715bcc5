package io.steppe.agent.fingerprint;

import java.util.Optional;
import java.util.Set;

/** Where clients reach an agent's HTTP port. */
public final class HttpAddress {
  private static final Set<String> ALL = Set.of("", "0.0.0.0", "::", "[::]", "0:0:0:0:0:0:0:0");

  private HttpAddress() {}

  /**
   * The address to advertise: {@code host:port}; without a host where the node's network address is
   * meant; empty where nobody else could reach the port.
   *
   * @param enabled whether the port is served
   * @param advertised as set
   * @param boundTo the host whose port it is
   */
  public static String of(boolean enabled, Optional<String> advertised, String boundTo, int port) {
    if (!enabled) {
      return "";
    }
    if (advertised.isPresent()) {
      return withPort(advertised.get(), port);
    }
    if (ALL.contains(boundTo)) {
      return ":" + port;
    }
    return isLoopback(boundTo) ? "" : withPort(boundTo, port);
  }

  /** The address with the node's network address where it has no host. */
  public static String on(String address, String network) {
    return address.startsWith(":") ? bracketed(network) + address : address;
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
  }

  private static String withPort(String address, int port) {
    boolean hasPort = address.matches("(\\[.*]|[^:]*):[0-9]+");
    return hasPort ? address : bracketed(address) + ":" + port;
  }

  private static String bracketed(String host) {
    return host.indexOf(':') >= 0 && !host.startsWith("[") ? "[" + host + "]" : host;
  }
}
