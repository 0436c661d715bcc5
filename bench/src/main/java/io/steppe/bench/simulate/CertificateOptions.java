package io.steppe.bench.simulate;

import io.steppe.tls.Certificates;
import io.steppe.tls.InvalidCertificates;
import io.steppe.tls.Names;
import io.steppe.tls.Role;
import io.steppe.tls.Tls;
import io.steppe.tls.TlsFiles;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What simulated nodes show to a cluster that asks for certificates. */
final class CertificateOptions {
  @Option(
      names = "--ca",
      required = true,
      paramLabel = "FILE",
      description = "authority of a cluster with certificates (DIR/tls/ca.pem)")
  private Path ca;

  @Option(
      names = "--cert",
      required = true,
      paramLabel = "FILE",
      description = "certificate of an agent (DIR/tls/global-node-agent.pem)")
  private Path cert;

  @Option(
      names = "--key",
      required = true,
      paramLabel = "FILE",
      description = "its key (DIR/tls/global-node-agent-key.pem)")
  private Path key;

  Tls read(String region) throws InvalidCertificates {
    return Certificates.read(new TlsFiles(ca, cert, key), new Names(region), Role.CLIENT);
  }
}
