package io.steppe.tls;

import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jboss.logging.Logger;

/**
 * Certificates of a process, taken anew when their files change: handshakes from then on use the
 * new ones, connections that exist go on.
 *
 * <p>Between services both sides show one. A caller expects {@code server.<region>.nomad} of whom
 * it dials, whatever the address; a service looks at the caller's roles for each call ({@link
 * RoleCheck}).
 */
public final class Certificates implements Tls {
  private static final Logger LOG = Logger.getLogger(Certificates.class);

  private final TlsFiles files;
  private final Names names;
  private final Role own;
  private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
  private final AdvancedTlsX509TrustManager peers;
  private final X509ExtendedTrustManager trust;
  private final SslContext dialling;
  private final SslContext listening;
  private volatile Material current;
  private volatile String lastComplaint = "";

  private Certificates(TlsFiles files, Names names, Role own) throws InvalidCertificates {
    this.files = files;
    this.names = names;
    this.own = own;
    try {
      this.peers =
          AdvancedTlsX509TrustManager.newBuilder()
              .setVerification(Verification.CERTIFICATE_AND_HOST_NAME_VERIFICATION)
              .build();
      this.trust = new Refusals(peers, System::nanoTime);
      take(Material.read(files));
      this.dialling =
          GrpcSslContexts.configure(
                  SslContextBuilder.forClient().keyManager(keys).trustManager(trust),
                  SslProvider.JDK)
              .build();
      this.listening =
          GrpcSslContexts.configure(
                  SslContextBuilder.forServer(keys)
                      .trustManager(trust)
                      .clientAuth(ClientAuth.REQUIRE),
                  SslProvider.JDK)
              .build();
    } catch (CertificateException | SSLException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Reads certificates.
   *
   * @param own what this process is, which its certificate must say
   * @throws InvalidCertificates when they can't be used
   */
  public static Certificates read(TlsFiles files, Names names, Role own)
      throws InvalidCertificates {
    return new Certificates(files, names, own);
  }

  @Override
  public NettyChannelBuilder channel(NettyChannelBuilder builder) {
    return builder.sslContext(dialling).overrideAuthority(names.of(Role.SERVER));
  }

  @Override
  public NettyServerBuilder server(NettyServerBuilder builder) {
    return builder.sslContext(listening).intercept(new RoleCheck(names));
  }

  @Override
  public Optional<Certificates> certificates() {
    return Optional.of(this);
  }

  /** Keys for other protocols. */
  public X509ExtendedKeyManager keyManager() {
    return keys;
  }

  /** Whom other protocols trust. */
  public X509ExtendedTrustManager trustManager() {
    return trust;
  }

  /** When the own certificate ends. */
  public Instant expiry() {
    return current.chain()[0].getNotAfter().toInstant();
  }

  /**
   * Looks at the files and takes what they hold if that changed and is whole; otherwise the old
   * ones stay, and the log says why, once.
   *
   * @return whether there are new ones
   */
  public boolean reload() {
    try {
      if (current.sameAs(Material.bytes(files))) {
        return false;
      }
      take(Material.read(files));
      lastComplaint = "";
      LOG.infof("certificates are taken anew; the own one ends %s", expiry());
      return true;
    } catch (InvalidCertificates e) {
      complain(e.getMessage());
      return false;
    }
  }

  private void complain(String why) {
    if (!why.equals(lastComplaint)) {
      lastComplaint = why;
      LOG.warnf("the certificates in use stay, those in the files are not taken: %s", why);
    }
  }

  private void take(Material material) throws InvalidCertificates {
    if (!names.roles(material.chain()[0]).contains(own)) {
      throw new InvalidCertificates(
          "steppe.tls.cert (%s) is not for %s: it needs that DNS name among its subject alternative names"
              .formatted(files.cert(), names.of(own)));
    }
    try {
      // Trust first: who trusts the new authority may still show the old certificate.
      peers.updateTrustCredentials(material.authorities());
      keys.updateIdentityCredentials(material.chain(), material.key());
      current = material;
    } catch (IOException | GeneralSecurityException e) {
      throw new InvalidCertificates("the certificates can't be used: " + e.getMessage());
    }
  }
}
