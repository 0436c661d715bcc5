package io.steppe.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jboss.logging.Logger;

/**
 * Says in the log whose certificate is refused and why: both sides of a refused handshake learn no
 * more than that it failed. The same is said once a minute.
 */
final class Refusals extends X509ExtendedTrustManager {
  private static final Logger LOG = Logger.getLogger(Refusals.class);
  private static final Duration QUIET = Duration.ofMinutes(1);
  private static final int MAX_KNOWN = 256;

  private final X509ExtendedTrustManager trust;
  private final LongSupplier nanos;
  private final Map<String, Long> said =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MAX_KNOWN;
        }
      };

  Refusals(X509ExtendedTrustManager trust, LongSupplier nanos) {
    this.trust = trust;
    this.nanos = nanos;
  }

  /** The innermost reason, in one line. */
  static String reason(CertificateException e) {
    Throwable inner = e;
    while (inner.getCause() != null && inner.getCause() != inner) {
      inner = inner.getCause();
    }
    return String.valueOf(inner.getMessage()).lines().findFirst().orElse("refused");
  }

  @FunctionalInterface
  private interface Check {
    void run() throws CertificateException;
  }

  private void checked(X509Certificate[] chain, String peer, Check check)
      throws CertificateException {
    try {
      check.run();
    } catch (CertificateException e) {
      say(chain, peer, reason(e));
      throw e;
    }
  }

  private void say(X509Certificate[] chain, String peer, String why) {
    String whose =
        chain == null || chain.length == 0
            ? "no certificate"
            : "the certificate of " + chain[0].getSubjectX500Principal().getName();
    String line = "%s shown by %s is refused: %s".formatted(whose, peer, why);
    long now = nanos.getAsLong();
    synchronized (said) {
      Long before = said.put(line, now);
      if (before != null && now - before < QUIET.toNanos()) {
        said.put(line, before);
        return;
      }
    }
    LOG.warn(line);
  }

  private static String peer(SSLEngine engine) {
    String host = engine == null ? null : engine.getPeerHost();
    return host == null ? "a peer" : host;
  }

  private static String peer(Socket socket) {
    return socket == null ? "a peer" : String.valueOf(socket.getRemoteSocketAddress());
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    checked(chain, "a client", () -> trust.checkClientTrusted(chain, authType));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checked(chain, peer(socket), () -> trust.checkClientTrusted(chain, authType, socket));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checked(chain, "a client", () -> trust.checkClientTrusted(chain, authType, engine));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    checked(chain, "a server", () -> trust.checkServerTrusted(chain, authType));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    checked(chain, peer(socket), () -> trust.checkServerTrusted(chain, authType, socket));
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    checked(chain, peer(engine), () -> trust.checkServerTrusted(chain, authType, engine));
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return trust.getAcceptedIssuers();
  }
}
