package io.steppe.agent.fingerprint;

import io.steppe.proto.v1.NetworkResource;
import io.steppe.proto.v1.NodeNetworkAddress;
import io.steppe.proto.v1.NodeNetworkResource;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The interface tasks are reached at.
 *
 * @param speedMbits 1000 where the interface does not say
 */
record Networks(String device, String mac, long speedMbits, List<InetAddress> addresses) {
  private static final long UNKNOWN_MBITS = 1_000;

  /** The named interface, else the one with the default route, else the loopback. */
  static Networks read(HostFiles files, Optional<String> wanted) {
    List<String> candidates = new ArrayList<>();
    wanted.ifPresent(candidates::add);
    defaultRoute(files).ifPresent(candidates::add);
    candidates.add("lo");
    return candidates.stream()
        .map(name -> of(files, name))
        .flatMap(Optional::stream)
        .findFirst()
        .orElseGet(
            () -> new Networks("lo", "", UNKNOWN_MBITS, List.of(InetAddress.getLoopbackAddress())));
  }

  private static Optional<Networks> of(HostFiles files, String name) {
    try {
      NetworkInterface device = NetworkInterface.getByName(name);
      if (device == null || !device.isUp()) {
        return Optional.empty();
      }
      List<InetAddress> addresses =
          device.getInterfaceAddresses().stream()
              .map(InterfaceAddress::getAddress)
              .filter(address -> !address.isLinkLocalAddress())
              .sorted(
                  (a, b) -> Boolean.compare(b instanceof Inet4Address, a instanceof Inet4Address))
              .toList();
      String mac =
          files
              .text("sys/class/net/" + name + "/address")
              .filter(text -> !text.equals("00:00:00:00:00:00"))
              .orElse("");
      long speed =
          files
              .number("sys/class/net/" + name + "/speed")
              .filter(mbits -> mbits > 0)
              .orElse(UNKNOWN_MBITS);
      return addresses.isEmpty()
          ? Optional.empty()
          : Optional.of(new Networks(name, mac, speed, addresses));
    } catch (SocketException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> defaultRoute(HostFiles files) {
    return files.lines("proc/net/route").stream()
        .map(line -> line.split("\\s+"))
        .filter(
            fields ->
                fields.length > 7 && fields[1].equals("00000000") && fields[7].equals("00000000"))
        .map(fields -> fields[0])
        .findFirst();
  }

  String address() {
    return text(addresses.getFirst());
  }

  List<NetworkResource> resources() {
    return addresses.stream()
        .map(
            address ->
                NetworkResource.newBuilder()
                    .setMode("host")
                    .setDevice(device)
                    .setCidr(text(address) + (address instanceof Inet4Address ? "/32" : "/128"))
                    .setIp(text(address))
                    .setMbits(speedMbits)
                    .build())
        .toList();
  }

  NodeNetworkResource node() {
    return NodeNetworkResource.newBuilder()
        .setMode("host")
        .setDevice(device)
        .setMacAddress(mac)
        .setSpeed(speedMbits)
        .addAllAddresses(addresses.stream().map(Networks::nodeAddress).toList())
        .build();
  }

  private static NodeNetworkAddress nodeAddress(InetAddress address) {
    return NodeNetworkAddress.newBuilder()
        .setFamily(address instanceof Inet4Address ? "ipv4" : "ipv6")
        .setAlias("default")
        .setAddress(text(address))
        .build();
  }

  /** Without a scope; {@code ::1} rather than {@code 0:0:0:0:0:0:0:1}. */
  private static String text(InetAddress address) {
    String text = address.getHostAddress();
    int scope = text.indexOf('%');
    String bare = scope < 0 ? text : text.substring(0, scope);
    return address instanceof Inet4Address ? bare : compressed(bare);
  }

  private static String compressed(String ipv6) {
    String longest = "";
    var zeros = Pattern.compile("(^|:)0(:0)+(:|$)").matcher(ipv6);
    while (zeros.find()) {
      longest = zeros.group().length() > longest.length() ? zeros.group() : longest;
    }
    return longest.isEmpty() ? ipv6 : ipv6.replaceFirst(Pattern.quote(longest), "::");
  }
}
