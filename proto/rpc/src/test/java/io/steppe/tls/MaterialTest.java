package io.steppe.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.authority.Authority;
import io.steppe.authority.Issued;
import io.steppe.authority.Subject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with files is said in one line. */
class MaterialTest {
  private static final String NAME = "server.global.nomad";

  @TempDir Path temporary;
  private final Authority authority = CertificateFolder.authority();

  @Test
  void namesTheFileThatIsMissing() throws Exception {
    CertificateFolder folder = good();
    Files.delete(folder.files().key());
    refuses(
        folder,
        "steppe.tls.key (%s) can't be used: there is no such file".formatted(folder.files().key()));
  }

  @Test
  void namesTheFileThatHoldsSomethingElse() throws Exception {
    CertificateFolder folder = good();
    Files.writeString(folder.files().ca(), "hello\n");
    refuses(
        folder,
        "steppe.tls.ca (%s) can't be used: it holds no certificate in PEM form"
            .formatted(folder.files().ca()));
    folder = good();
    Files.writeString(folder.files().key(), "hello\n");
    refuses(
        folder,
        "steppe.tls.key (%s) can't be used: it holds no private key in PEM form, or an encrypted one"
            .formatted(folder.files().key()));
  }

  @Test
  void refusesAKeyOfAnotherCertificate() throws Exception {
    CertificateFolder folder = good();
    Files.writeString(folder.files().key(), issued(authority).key());
    refuses(
        folder,
        "steppe.tls.key (%s) is not the key of steppe.tls.cert (%s)"
            .formatted(folder.files().key(), folder.files().cert()));
  }

  @Test
  void refusesACertificateOfAnotherAuthorityOrTime() throws Exception {
    CertificateFolder folder = good();
    folder.put(NAME, CertificateFolder.authority(), authority);
    assertEquals(
        "steppe.tls.cert (%s) is not one that steppe.tls.ca (%s) vouches for now: "
            .formatted(folder.files().cert(), folder.files().ca()),
        message(folder).replaceAll("(now: ).*", "$1"));
    folder.put(
        authority.issue(
            Subject.local(NAME), Instant.now().minus(Duration.ofDays(3)), Duration.ofDays(1)),
        authority);
    String expired = message(folder);
    assertTrue(expired.contains("vouches for now: NotAfter"), expired);
  }

  @Test
  void refusesACertificateThatIsForSomethingElse() throws Exception {
    CertificateFolder folder = good();
    folder.put("client.global.nomad", authority, authority);
    refuses(
        folder,
        "steppe.tls.cert (%s) is not for %s: it needs that DNS name among its subject alternative names"
            .formatted(folder.files().cert(), NAME));
  }

  @Test
  void readsKeysInTheFormThatNomadWrites() throws Exception {
    CertificateFolder folder = good();
    Issued issued = issued(authority);
    byte[] pkcs8 = Base64.getMimeDecoder().decode(issued.key().replaceAll("-----[A-Z ]+-----", ""));
    var key =
        (java.security.interfaces.ECPrivateKey)
            KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    byte[] sec1 = new ECPrivateKey(256, key.getS(), SECObjectIdentifiers.secp256r1).getEncoded();
    String pem =
        "-----BEGIN EC PRIVATE KEY-----\n%s\n-----END EC PRIVATE KEY-----\n"
            .formatted(Base64.getMimeEncoder().encodeToString(sec1));
    folder.put(new Issued(issued.certificate(), pem), authority);
    folder.read(Role.SERVER);
  }

  private CertificateFolder good() throws Exception {
    return new CertificateFolder(temporary).put(NAME, authority, authority);
  }

  private static Issued issued(Authority by) {
    return by.issue(Subject.local(NAME), Instant.now(), CertificateFolder.DAY);
  }

  private static void refuses(CertificateFolder folder, String message) {
    assertEquals(message, message(folder));
  }

  private static String message(CertificateFolder folder) {
    return assertThrows(InvalidCertificates.class, () -> folder.read(Role.SERVER)).getMessage();
  }
}
