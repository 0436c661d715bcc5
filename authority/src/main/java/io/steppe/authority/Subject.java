package io.steppe.authority;

import java.util.List;

/**
 * Whom a certificate is for.
 *
 * @param commonName for people
 * @param dnsNames it is valid for
 * @param addresses IP addresses it is valid for
 */
public record Subject(String commonName, List<String> dnsNames, List<String> addresses) {
  private static final List<String> LOOPBACK_NAMES = List.of("localhost");
  private static final List<String> LOOPBACK = List.of("127.0.0.1", "::1");

  public Subject {
    dnsNames = List.copyOf(dnsNames);
    addresses = List.copyOf(addresses);
  }

  /** Somebody of this machine, under a name that says what it is. */
  public static Subject local(String name) {
    return new Subject(name, List.of(name, LOOPBACK_NAMES.getFirst()), LOOPBACK);
  }
}
