package io.steppe.cluster;

import io.steppe.authority.Authority;
import io.steppe.authority.Issued;
import io.steppe.authority.Subject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The certificates of a cluster on this machine: an authority of its own and what it signed, kept
 * in the data folder, renewed before they end. Keys are readable by their owner only.
 *
 * @param folder they lie in
 * @param region of the cluster, which is part of names and files
 * @param clock for their validity
 */
public record LocalCertificates(Path folder, String region, InstantSource clock) {
  private static final Duration OF_AUTHORITY = Duration.ofDays(3650);
  private static final Duration OF_OTHERS = Duration.ofDays(365);
  private static final Duration RENEWED_BEFORE = Duration.ofDays(60);
  private static final String AUTHORITY = "ca";
  private static final String PERSON = "cli";

  /** Where a certificate and its key lie. */
  public record Pair(Path certificate, Path key) {}

  /** The certificate that everybody trusts. */
  public Path authority() {
    return pair(AUTHORITY).certificate();
  }

  /** What a process of this component shows. */
  public Pair of(Component component) {
    return pair(region + "-" + component.label());
  }

  /** What a person shows, where clients are asked. */
  public Pair person() {
    return pair(region + "-" + PERSON);
  }

  /**
   * Makes what is missing and renews what ends soon.
   *
   * @return whether anything was made
   */
  public boolean make() {
    try {
      Files.createDirectories(folder);
      boolean newAuthority = endsSoon(pair(AUTHORITY));
      if (newAuthority) {
        write(
            pair(AUTHORITY),
            Authority.create("Steppe local CA", clock.instant(), OF_AUTHORITY).pem());
      }
      Authority authority = read();
      boolean made = newAuthority;
      for (Component component : Component.values()) {
        String role = component == Component.NODE_AGENT ? "client" : "server";
        made |= issue(authority, of(component), role, newAuthority);
      }
      made |= issue(authority, person(), PERSON, newAuthority);
      return made;
    } catch (IOException e) {
      throw new StartFailure("Cannot write certificates to " + folder + ": " + e.getMessage(), e);
    }
  }

  /** Trusts what the authority signed. */
  public SSLContext trusting() {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry(
          AUTHORITY,
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(authority()))));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new StartFailure("Cannot use " + authority() + ": " + e.getMessage(), e);
    }
  }

  private Authority read() throws IOException {
    Pair pair = pair(AUTHORITY);
    try {
      return Authority.of(
          new Issued(Files.readString(pair.certificate()), Files.readString(pair.key())));
    } catch (IllegalArgumentException e) {
      throw new StartFailure(
          "%s and %s hold no certificate authority (%s): delete the folder %s, and one is made"
              .formatted(pair.certificate(), pair.key(), e.getMessage(), folder),
          e);
    }
  }

  private boolean issue(Authority authority, Pair pair, String role, boolean always)
      throws IOException {
    if (!always && !endsSoon(pair)) {
      return false;
    }
    Subject subject = Subject.local(role + "." + region + ".nomad");
    write(pair, authority.issue(subject, clock.instant(), OF_OTHERS));
    return true;
  }

  private boolean endsSoon(Pair pair) throws IOException {
    if (!Files.exists(pair.certificate()) || !Files.exists(pair.key())) {
      return true;
    }
    try {
      Instant end = Authority.expiry(Files.readString(pair.certificate()));
      return end.isBefore(clock.instant().plus(RENEWED_BEFORE));
    } catch (IllegalArgumentException none) {
      return true;
    }
  }

  private static void write(Pair pair, Issued issued) throws IOException {
    DataFolder.write(pair.key(), issued.key(), "rw-------");
    DataFolder.write(pair.certificate(), issued.certificate(), "rw-r--r--");
  }

  private Pair pair(String name) {
    return new Pair(folder.resolve(name + ".pem"), folder.resolve(name + "-key.pem"));
  }
}
