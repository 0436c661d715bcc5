package io.steppe.gateway.cluster;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;

/** Time, as everything that needs it is given it. */
public class Clocks {
  @Produces
  @Singleton
  InstantSource clock() {
    return InstantSource.system();
  }
}
