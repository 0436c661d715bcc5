package io.steppe.tls;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;

/**
 * What the files hold, read together and fitting together.
 *
 * @param chain the own certificate, with those between it and the authority
 * @param key of the own certificate
 * @param authorities that are trusted
 * @param bytes of all files, to tell whether they changed
 */
@SuppressWarnings("ArrayRecordComponent")
record Material(
    X509Certificate[] chain, PrivateKey key, X509Certificate[] authorities, byte[] bytes) {
  private static final List<String> KEY_TYPES = List.of("EC", "RSA", "EdDSA");

  /** The files' bytes, one after the other. */
  static byte[] bytes(TlsFiles files) throws InvalidCertificates {
    return Buffer.buffer(read("ca", files.ca()))
        .appendBytes(read("cert", files.cert()))
        .appendBytes(read("key", files.key()))
        .getBytes();
  }

  /**
   * Reads the files and checks that the key is the certificate's, and that the authorities vouch
   * for it.
   */
  static Material read(TlsFiles files) throws InvalidCertificates {
    byte[] ca = read("ca", files.ca());
    byte[] cert = read("cert", files.cert());
    byte[] key = read("key", files.key());
    X509Certificate[] authorities = certificates("ca", files.ca(), ca);
    X509Certificate[] chain = certificates("cert", files.cert(), cert);
    PrivateKey own = key(files, cert, key);
    if (!fits(own, chain[0])) {
      throw new InvalidCertificates(
          "steppe.tls.key (%s) is not the key of steppe.tls.cert (%s)"
              .formatted(files.key(), files.cert()));
    }
    vouched(files, chain, authorities);
    byte[] all = Buffer.buffer(ca).appendBytes(cert).appendBytes(key).getBytes();
    return new Material(chain, own, authorities, all);
  }

  private static byte[] read(String setting, Path file) throws InvalidCertificates {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw unusable(setting, file, "there is no such file");
    } catch (AccessDeniedException e) {
      throw unusable(setting, file, "this process may not read it");
    } catch (IOException e) {
      throw unusable(setting, file, String.valueOf(e.getMessage()));
    }
  }

  private static X509Certificate[] certificates(String setting, Path file, byte[] pem)
      throws InvalidCertificates {
    try {
      X509Certificate[] found =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))
              .toArray(X509Certificate[]::new);
      if (found.length == 0) {
        throw unusable(setting, file, "it holds no certificate in PEM form");
      }
      return found;
    } catch (CertificateException e) {
      throw unusable(setting, file, "it holds no certificate in PEM form");
    }
  }

  /** Vert.x reads the forms that keys are written in: PKCS #8, PKCS #1, SEC 1. */
  private static PrivateKey key(TlsFiles files, byte[] cert, byte[] key)
      throws InvalidCertificates {
    try {
      var managers =
          new PemKeyCertOptions()
              .setCertValue(Buffer.buffer(cert))
              .setKeyValue(Buffer.buffer(key))
              .getKeyManagerFactory(null)
              .getKeyManagers();
      X509KeyManager manager = (X509KeyManager) managers[0];
      for (String type : KEY_TYPES) {
        String[] aliases = manager.getServerAliases(type, null);
        if (aliases != null && aliases.length > 0) {
          return manager.getPrivateKey(aliases[0]);
        }
      }
    } catch (Exception e) {
      throw unusable(
          "key", files.key(), "it holds no private key in PEM form, or an encrypted one");
    }
    throw unusable("key", files.key(), "its key is none of EC, RSA, EdDSA");
  }

  private static boolean fits(PrivateKey key, X509Certificate certificate) {
    byte[] probe = new byte[32];
    try {
      String algorithm =
          switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
          };
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(probe);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static void vouched(
      TlsFiles files, X509Certificate[] chain, X509Certificate[] authorities)
      throws InvalidCertificates {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (int i = 0; i < authorities.length; i++) {
        store.setCertificateEntry("ca-" + i, authorities[i]);
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      X509TrustManager trust = (X509TrustManager) factory.getTrustManagers()[0];
      trust.checkClientTrusted(chain, chain[0].getPublicKey().getAlgorithm());
    } catch (CertificateException e) {
      throw new InvalidCertificates(
          "steppe.tls.cert (%s) is not one that steppe.tls.ca (%s) vouches for now: %s"
              .formatted(files.cert(), files.ca(), Refusals.reason(e)));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static InvalidCertificates unusable(String setting, Path file, String why) {
    return new InvalidCertificates(
        "steppe.tls.%s (%s) can't be used: %s".formatted(setting, file, why));
  }

  boolean sameAs(byte[] others) {
    return Arrays.equals(bytes, others);
  }
}
