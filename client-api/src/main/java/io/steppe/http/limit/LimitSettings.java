package io.steppe.http.limit;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How much one client may ask. */
@ConfigMapping(prefix = "steppe.limits")
public interface LimitSettings {
  /** Connections of one address; 0 for no limit. */
  @WithDefault("5000")
  int httpMaxConnsPerClient();

  /** Requests without regard to who makes them, from one address. */
  Rate address();

  /** Requests of one token, from wherever they come. */
  Rate token();

  /** Addresses, and tokens, that are remembered; who is forgotten starts anew. */
  @WithDefault("100000")
  int remembered();

  /** How fast. */
  interface Rate {
    /** Requests a second in the long run; 0 for no limit. */
    @WithDefault("0")
    int rate();

    /** Requests at once; a second's worth unless set higher. */
    @WithDefault("0")
    int burst();
  }
}
