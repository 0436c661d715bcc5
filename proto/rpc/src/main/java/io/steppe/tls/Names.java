package io.steppe.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Names in certificates that say what their holders are: {@code server.<region>.nomad} and {@code
 * client.<region>.nomad}, as Nomad has them, so that its Go client, which asks an agent for the
 * latter, and {@code nomad tls cert create} fit.
 *
 * @param region of the cluster
 */
public record Names(String region) {
  private static final int DNS_NAME = 2;

  /** The DNS name of a role. */
  public String of(Role role) {
    return role.name().toLowerCase(Locale.ROOT) + "." + region + ".nomad";
  }

  /** The roles that a certificate gives; none for one of another region, or of a person. */
  public Set<Role> roles(X509Certificate certificate) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (Role role : Role.values()) {
      if (names(certificate, of(role))) {
        roles.add(role);
      }
    }
    return roles;
  }

  private static boolean names(X509Certificate certificate, String name) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names != null
          && names.stream()
              .anyMatch(
                  one ->
                      one.getFirst() instanceof Integer type
                          && type == DNS_NAME
                          && one.get(1) instanceof String dns
                          && dns.equalsIgnoreCase(name));
    } catch (CertificateParsingException e) {
      return false;
    }
  }
}
