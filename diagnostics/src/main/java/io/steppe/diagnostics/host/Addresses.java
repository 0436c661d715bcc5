package io.steppe.diagnostics.host;

import com.fasterxml.jackson.core.JsonGenerator;
import com.google.protobuf.ByteString;
import io.steppe.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The addresses of a machine, each in every way that readers of the document know. */
final class Addresses {
  private Addresses() {}

  /** All of them as a JSON list. */
  static ByteString json() {
    ByteString.Output bytes = ByteString.newOutput();
    try (JsonGenerator out = Json.generator(bytes)) {
      out.writeStartArray();
      for (InterfaceAddress address : all()) {
        out.writeStartObject();
        for (Map.Entry<String, String> field : fields(address).entrySet()) {
          out.writeStringField(field.getKey(), field.getValue());
        }
        out.writeEndObject();
      }
      out.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException("Memory can't fail to be written", e);
    }
    return bytes.toByteString();
  }

  private static List<InterfaceAddress> all() {
    List<InterfaceAddress> addresses = new ArrayList<>();
    try {
      for (NetworkInterface link : Collections.list(NetworkInterface.getNetworkInterfaces())) {
        addresses.addAll(link.getInterfaceAddresses());
      }
    } catch (SocketException e) {
      return List.of();
    }
    return addresses;
  }

  private static Map<String, String> fields(InterfaceAddress given) {
    InetAddress address = given.getAddress();
    boolean six = address instanceof Inet6Address;
    int bits = six ? 128 : 32;
    int masked = Math.clamp(given.getNetworkPrefixLength(), 0, bits);
    BigInteger number = new BigInteger(1, address.getAddress());
    BigInteger size = BigInteger.ONE.shiftLeft(bits - masked);
    BigInteger network = number.divide(size).multiply(size);
    BigInteger last = network.add(size).subtract(BigInteger.ONE);
    String text = text(number, bits);
    boolean plain = size.bitLength() > 2 && !six;

    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("type", six ? "IPv6" : "IPv4");
    fields.put("string", text + (masked == bits ? "" : "/" + masked));
    fields.put("address", text);
    fields.put("host", text);
    fields.put("port", "0");
    fields.put("network", text(network, bits) + (six && masked < bits ? "/" + masked : ""));
    fields.put("mask_bits", Integer.toString(masked));
    fields.put("netmask", text(mask(bits, masked), bits));
    fields.put("size", size.toString());
    fields.put("first_usable", text(plain ? network.add(BigInteger.ONE) : network, bits));
    fields.put("last_usable", text(plain ? last.subtract(BigInteger.ONE) : last, bits));
    if (!six) {
      fields.put("broadcast", text(last, bits));
    }
    fields.put("binary", padded(number.toString(2), bits));
    fields.put("hex", padded(number.toString(16), bits / 4));
    fields.put("octets", octets(address));
    fields.put(six ? "uint128" : "uint32", number.toString());
    boolean one = masked == bits;
    String bracketed = six ? "[" + text + "]:0" : text + ":0";
    fields.put("DialPacket", quoted(six ? "udp6" : "udp4", ""));
    fields.put("DialStream", quoted(six ? "tcp6" : "tcp4", ""));
    fields.put("ListenPacket", quoted(six ? "udp6" : "udp4", one ? bracketed : ""));
    fields.put("ListenStream", quoted(six ? "tcp6" : "tcp4", one ? bracketed : ""));
    return fields;
  }

  private static String quoted(String kind, String where) {
    return "\"" + kind + "\" \"" + where + "\"";
  }

  private static BigInteger mask(int bits, int masked) {
    return BigInteger.ONE.shiftLeft(masked).subtract(BigInteger.ONE).shiftLeft(bits - masked);
  }

  private static String octets(InetAddress address) {
    List<String> octets = new ArrayList<>();
    for (byte octet : address.getAddress()) {
      octets.add(Integer.toString(octet & 0xFF));
    }
    return String.join(" ", octets);
  }

  private static String padded(String digits, int length) {
    return "0".repeat(Math.max(0, length - digits.length())) + digits;
  }

  private static String text(BigInteger number, int bits) {
    byte[] bytes = HexFormat.of().parseHex(padded(number.toString(16), bits / 4));
    try {
      return bits == 32
          ? InetAddress.getByAddress(bytes).getHostAddress()
          : shortest(Inet6Address.getByAddress(null, bytes, null).getHostAddress());
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("no address of " + bits + " bits", e);
    }
  }

  /** The longest run of zero groups as two colons, as addresses are usually written. */
  private static String shortest(String full) {
    String[] groups = full.split(":", -1);
    int start = -1;
    int length = 1;
    for (int i = 0; i < groups.length; i++) {
      int end = i;
      while (end < groups.length && groups[end].equals("0")) {
        end++;
      }
      if (end - i > length) {
        start = i;
        length = end - i;
      }
      i = Math.max(i, end - 1);
    }
    if (start < 0) {
      return full;
    }
    List<String> all = List.of(groups);
    return String.join(":", all.subList(0, start))
        + "::"
        + String.join(":", all.subList(start + length, all.size()));
  }
}
