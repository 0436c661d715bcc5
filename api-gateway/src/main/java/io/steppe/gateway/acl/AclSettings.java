package io.steppe.gateway.acl;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.OptionalLong;

/** Whether rights are asked for, and how long tokens last. */
@ConfigMapping(prefix = "steppe.acl")
public interface AclSettings {
  /** Whether rights are asked for; needs {@code steppe.database.*}. */
  @WithDefault("false")
  boolean enabled();

  /** The shortest time a token that expires is made for. */
  @WithDefault("1m")
  Duration tokenMinExpirationTtl();

  /** The longest time a token that expires is made for. */
  @WithDefault("24h")
  Duration tokenMaxExpirationTtl();

  /**
   * How long a replica that the database does not answer goes on with what it knows of tokens; then
   * requests wait and fail.
   */
  @WithDefault("30s")
  Duration tokenTtl();

  /** Between looks for tokens that have expired. */
  @WithDefault("5m")
  Duration collectionInterval();

  /** How long a token that has expired is still listed. */
  @WithDefault("1h")
  Duration expiredTokensKept();

  /**
   * Lets a first management token be made again: the reset index that the refusal of a second
   * bootstrap names.
   */
  OptionalLong bootstrapResetIndex();
}
