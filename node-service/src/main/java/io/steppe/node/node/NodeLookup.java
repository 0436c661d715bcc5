package io.steppe.node.node;

import io.steppe.proto.v1.Node;
import io.steppe.rpc.Failure;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import org.pcollections.TreePMap;

/** Finds nodes by whole ids and by their beginnings, and refuses what is neither as Nomad does. */
final class NodeLookup {
  private static final int UUID_LENGTH = 36;
  private static final int MAX_HYPHENS = 4;
  private static final int[] HYPHEN_AFTER = {8, 12, 16, 20};

  private NodeLookup() {}

  /**
   * The node of an id.
   *
   * @throws Failure INVALID for what is no UUID, NOT_FOUND for an unknown one
   */
  static Node byId(TreePMap<String, Node> nodes, String id) {
    if (id.length() != UUID_LENGTH) {
      throw malformed("UUID must be 36 characters");
    }
    Node node = nodes.get(canonical(hexDigits(id)));
    if (node == null) {
      throw Failure.notFound("node not found");
    }
    return node;
  }

  /**
   * The nodes whose id begins so, in order of id; all for an empty prefix.
   *
   * @throws Failure INVALID for what no UUID begins with
   */
  static Collection<Node> byPrefix(TreePMap<String, Node> nodes, String prefix) {
    if (prefix.isEmpty()) {
      return nodes.values();
    }
    String from = canonical(hexDigits(prefix));
    return nodes.tailMap(from).entrySet().stream()
        .takeWhile(entry -> entry.getKey().startsWith(from))
        .map(Map.Entry::getValue)
        .toList();
  }

  private static String hexDigits(String text) {
    long hyphens = text.chars().filter(c -> c == '-').count();
    if (hyphens > MAX_HYPHENS) {
      throw malformed("UUID should have maximum of 4 \"-\"; got " + hyphens);
    }
    String digits = text.replace("-", "");
    if (digits.length() % 2 != 0) {
      throw malformed("Input (without hyphens) must be even length");
    }
    digits
        .chars()
        .filter(c -> Character.digit(c, 16) < 0 || c > 'f')
        .findFirst()
        .ifPresent(
            c -> {
              throw malformed(
                  String.format("Invalid UUID: encoding/hex: invalid byte: U+%04X '%c'", c, c));
            });
    return digits.toLowerCase(Locale.ROOT);
  }

  private static String canonical(String digits) {
    StringBuilder id = new StringBuilder(digits);
    for (int i = HYPHEN_AFTER.length - 1; i >= 0; i--) {
      if (digits.length() > HYPHEN_AFTER[i]) {
        id.insert(HYPHEN_AFTER[i], '-');
      }
    }
    return id.toString();
  }

  private static Failure malformed(String why) {
    return Failure.invalid("node lookup failed: index error: " + why);
  }
}
