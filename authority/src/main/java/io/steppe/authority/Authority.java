package io.steppe.authority;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority that lives in one process or folder. */
public final class Authority {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int SERIAL_BITS = 120;
  // Clocks of two machines differ a little.
  private static final Duration BACKDATED = Duration.ofMinutes(5);

  private final X509Certificate certificate;
  private final PrivateKey key;
  private final Issued pem;

  private Authority(X509Certificate certificate, PrivateKey key, Issued pem) {
    this.certificate = certificate;
    this.key = key;
    this.pem = pem;
  }

  /** A new one, valid from now on. */
  public static Authority create(String commonName, Instant now, Duration validity) {
    try {
      KeyPair pair = pair();
      X500Principal name = principal(commonName);
      var builder = builder(name, name, pair, now, validity);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
      builder.addExtension(
          Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      builder.addExtension(
          Extension.subjectKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
      X509Certificate made = sign(builder, pair.getPrivate());
      return new Authority(made, pair.getPrivate(), pem(made, pair.getPrivate()));
    } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * One that was made before.
   *
   * @throws IllegalArgumentException for what is no certificate and key of this class
   */
  public static Authority of(Issued issued) {
    try {
      PrivateKey key =
          KeyFactory.getInstance("EC")
              .generatePrivate(new PKCS8EncodedKeySpec(bytes(issued.key())));
      return new Authority(certificate(issued.certificate()), key, issued);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("no certificate authority: " + e.getMessage(), e);
    }
  }

  /** Its own certificate and key. */
  public Issued pem() {
    return pem;
  }

  /** Signs a certificate with a key of its own, for servers and clients both. */
  public Issued issue(Subject subject, Instant now, Duration validity) {
    try {
      KeyPair pair = pair();
      var builder =
          builder(
              certificate.getSubjectX500Principal(),
              principal(subject.commonName()),
              pair,
              now,
              validity);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
      builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
      builder.addExtension(
          Extension.extendedKeyUsage,
          false,
          new ExtendedKeyUsage(
              new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(certificate));
      builder.addExtension(Extension.subjectAlternativeName, false, names(subject));
      return pem(sign(builder, key), pair.getPrivate());
    } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * When a certificate ends.
   *
   * @param pem of the certificate
   * @throws IllegalArgumentException for what is none
   */
  public static Instant expiry(String pem) {
    try {
      return certificate(pem).getNotAfter().toInstant();
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("no certificate: " + e.getMessage(), e);
    }
  }

  private static JcaX509v3CertificateBuilder builder(
      X500Principal issuer, X500Principal subject, KeyPair pair, Instant now, Duration validity) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(SERIAL_BITS, RANDOM).add(BigInteger.ONE),
        Date.from(now.minus(BACKDATED)),
        Date.from(now.plus(validity)),
        subject,
        pair.getPublic());
  }

  private static X509Certificate sign(JcaX509v3CertificateBuilder builder, PrivateKey key)
      throws GeneralSecurityException, OperatorCreationException {
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key)));
  }

  private static GeneralNames names(Subject subject) {
    List<GeneralName> names = new ArrayList<>();
    subject.dnsNames().forEach(name -> names.add(new GeneralName(GeneralName.dNSName, name)));
    subject
        .addresses()
        .forEach(address -> names.add(new GeneralName(GeneralName.iPAddress, address)));
    return new GeneralNames(names.toArray(GeneralName[]::new));
  }

  private static X500Principal principal(String commonName) {
    return new X500Principal("CN=" + commonName + ", O=Steppe");
  }

  private static KeyPair pair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
    return generator.generateKeyPair();
  }

  private static X509Certificate certificate(String pem) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  private static Issued pem(X509Certificate certificate, PrivateKey key)
      throws GeneralSecurityException {
    return new Issued(
        pem("CERTIFICATE", certificate.getEncoded()), pem("PRIVATE KEY", key.getEncoded()));
  }

  private static String pem(String what, byte[] der) {
    String lines =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n";
  }

  private static byte[] bytes(String pem) {
    return Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
  }
}
