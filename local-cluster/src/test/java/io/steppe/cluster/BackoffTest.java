package io.steppe.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {

  @Test
  void pausesGrowWhileAProcessKeepsDying() {
    Backoff backoff = Backoff.NONE;
    assertEquals(Duration.ZERO, backoff.pause());
    backoff = backoff.after(Duration.ofSeconds(1));
    assertEquals(Duration.ZERO, backoff.pause(), "the first death may have been an accident");
    backoff = backoff.after(Duration.ofSeconds(1));
    assertEquals(Duration.ofMillis(250), backoff.pause());
    for (int i = 0; i < 100; i++) {
      backoff = backoff.after(Duration.ofSeconds(1));
    }
    assertEquals(Duration.ofSeconds(4), backoff.pause());
    assertEquals(Backoff.NONE, backoff.after(Duration.ofMinutes(1)));
  }
}
