package io.steppe.gateway.acl;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** The region's PostgreSQL, for who may do what. Not used where rights are not asked for. */
@ConfigMapping(prefix = "steppe.database")
public interface DatabaseSettings {
  /** postgresql://host:port/database; a direct connection, no pooler between. */
  @WithDefault("postgresql://127.0.0.1:5432/steppe")
  String url();

  @WithDefault("steppe_acl")
  String user();

  Optional<String> password();

  /** Off in tests only: whether PostgreSQL must have fsync and synchronous_commit on. */
  @WithDefault("true")
  boolean durabilityChecked();
}
