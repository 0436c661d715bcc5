package io.steppe.gateway.acl;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** The region's PostgreSQL, for who may do what. Not used where rights are not asked for. */
@ConfigMapping(prefix = "steppe.database")
public interface DatabaseSettings {
  /** postgresql://[user[:password]@]host:port/database; a direct connection, no pooler between. */
  @WithDefault("postgresql://127.0.0.1:5432/steppe")
  String url();

  /** The role; else the one that the url names, else steppe_acl. */
  Optional<String> user();

  /** Of the role; else the one in the url. */
  Optional<String> password();

  /** Off in tests only: whether PostgreSQL must have fsync and synchronous_commit on. */
  @WithDefault("true")
  boolean durabilityChecked();
}
