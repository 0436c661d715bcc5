package io.steppe.http.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.smallrye.config.SmallRyeConfigBuilder;
import org.junit.jupiter.api.Test;

class LimitSettingsTest {
  @Test
  void nothingIsLimitedButConnectionsUnlessSet() {
    LimitSettings settings =
        new SmallRyeConfigBuilder()
            .withMapping(LimitSettings.class)
            .build()
            .getConfigMapping(LimitSettings.class);
    assertEquals(5000, settings.httpMaxConnsPerClient());
    assertEquals(0, settings.address().rate());
    assertEquals(0, settings.address().burst());
    assertEquals(0, settings.token().rate());
    assertEquals(100_000, settings.remembered());
  }
}
