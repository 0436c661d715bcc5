package io.steppe.gateway.acl;

import io.smallrye.config.ConfigMapping;
import java.util.List;
import java.util.Optional;

/** What secrets of auth methods are sealed with before they are stored. */
@ConfigMapping(prefix = "steppe.seal")
public interface SealSettings {
  /**
   * Keys, each {@code id:key}, 32 bytes in base64: the first seals, all open. Auth methods of type
   * OIDC can't be made without one.
   */
  Optional<List<String>> keys();
}
