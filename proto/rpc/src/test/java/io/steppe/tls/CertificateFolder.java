package io.steppe.tls;

import io.steppe.authority.Authority;
import io.steppe.authority.Issued;
import io.steppe.authority.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** Writes certificates where a process looks for them. */
record CertificateFolder(Path folder) {
  static final Duration DAY = Duration.ofDays(1);

  static Authority authority() {
    return Authority.create("Test CA", Instant.now(), DAY);
  }

  TlsFiles files() {
    return new TlsFiles(
        folder.resolve("ca.pem"), folder.resolve("cert.pem"), folder.resolve("key.pem"));
  }

  CertificateFolder put(String name, Authority signer, Authority... trusted) throws IOException {
    return put(signer.issue(Subject.local(name), Instant.now(), DAY), trusted);
  }

  CertificateFolder put(Issued issued, Authority... trusted) throws IOException {
    Files.createDirectories(folder);
    StringBuilder ca = new StringBuilder();
    for (Authority one : trusted) {
      ca.append(one.pem().certificate());
    }
    Files.writeString(files().ca(), ca);
    Files.writeString(files().cert(), issued.certificate());
    Files.writeString(files().key(), issued.key());
    return this;
  }

  Certificates read(Role role) throws InvalidCertificates {
    return Certificates.read(files(), new Names("global"), role);
  }
}
