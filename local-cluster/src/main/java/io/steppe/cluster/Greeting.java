package io.steppe.cluster;

import java.util.ArrayList;
import java.util.List;

/** What is said of a cluster that is ready: how it is called. */
final class Greeting {
  private Greeting() {}

  /** The lines, the one that says it is ready last: who waits for it goes on then. */
  static List<String> lines(Options options) {
    List<String> lines = new ArrayList<>();
    options
        .certificates()
        .ifPresent(
            certificates -> {
              lines.add(
                  "Certificates: export NOMAD_ADDR=%s NOMAD_CACERT=%s NOMAD_CLIENT_CERT=%s NOMAD_CLIENT_KEY=%s"
                      .formatted(
                          options.url(),
                          certificates.authority(),
                          certificates.person().certificate(),
                          certificates.person().key()));
              lines.add(
                  "              curl --cacert %s %s/v1/regions"
                      .formatted(certificates.authority(), options.url()));
            });
    if (options.security().acl()) {
      String trust =
          options.certificates().map(made -> "--cacert " + made.authority() + " ").orElse("");
      lines.add(
          "Tokens are asked for. The first one, once: nomad acl bootstrap, or curl %s-X POST %s/v1/acl/bootstrap"
              .formatted(trust, options.url()));
    }
    if (options.security().debug()) {
      lines.add("Profiles are served under /v1/agent/pprof/");
    }
    lines.add("Steppe is ready: " + options.url());
    return lines;
  }
}
