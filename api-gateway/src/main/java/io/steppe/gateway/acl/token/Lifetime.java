package io.steppe.gateway.acl.token;

import io.steppe.gateway.acl.AclSettings;
import java.time.Duration;

/** How long tokens that expire may last. */
public record Lifetime(Duration shortest, Duration longest) {
  /** As the settings say. */
  public static Lifetime of(AclSettings settings) {
    return new Lifetime(settings.tokenMinExpirationTtl(), settings.tokenMaxExpirationTtl());
  }
}
