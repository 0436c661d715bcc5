package io.steppe.authority;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AuthorityTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);

  private final Authority authority = Authority.create("Steppe test CA", NOW, DAY.multipliedBy(9));

  @Test
  void signsWhatItsCertificateVerifies() throws Exception {
    Issued leaf = authority.issue(Subject.local("server.global.nomad"), NOW, DAY);
    verify(leaf, authority, NOW.plusSeconds(60));
    X509Certificate read = read(leaf.certificate());
    Collection<List<?>> names = read.getSubjectAlternativeNames();
    assertTrue(names.contains(List.of(2, "server.global.nomad")));
    assertTrue(names.contains(List.of(7, "127.0.0.1")));
    assertEquals(-1, read.getBasicConstraints(), "can't sign others");
  }

  @Test
  void isTheSameWhenReadAgain() throws Exception {
    Authority again = Authority.of(authority.pem());
    verify(again.issue(Subject.local("client.global.nomad"), NOW, DAY), authority, NOW);
    assertEquals(NOW.plus(DAY.multipliedBy(9)), Authority.expiry(again.pem().certificate()));
    assertThrows(IllegalArgumentException.class, () -> Authority.of(new Issued("", "")));
  }

  @Test
  void isNotAnother() {
    Authority other = Authority.create("Steppe test CA", NOW, DAY);
    Issued leaf = other.issue(Subject.local("server.global.nomad"), NOW, DAY);
    assertThrows(CertPathValidatorException.class, () -> verify(leaf, authority, NOW));
    assertFalse(leaf.toString().contains("PRIVATE"), "a key is not in a log");
  }

  private static void verify(Issued leaf, Authority by, Instant at)
      throws GeneralSecurityException {
    var parameters =
        new PKIXParameters(Set.of(new TrustAnchor(read(by.pem().certificate()), null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(at));
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509")
                .generateCertPath(List.of(read(leaf.certificate()))),
            parameters);
  }

  private static X509Certificate read(String pem) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }
}
