package io.steppe.http.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RatesTest {
  private static final class Clock implements TimeMeter {
    private long nanos;

    @Override
    public long currentTimeNanos() {
      return nanos;
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }

    void pass(Duration time) {
      nanos += time.toNanos();
    }
  }

  private final Clock clock = new Clock();

  @Test
  void aBurstIsTakenAtOnceAndComesBackAtTheRate() {
    Rates rates = new Rates(10, 20, 100, clock);
    for (int i = 0; i < 20; i++) {
      assertEquals(Optional.empty(), rates.take("a"));
    }
    assertEquals(Optional.of(Duration.ofMillis(100)), rates.take("a"));
    assertEquals(Optional.empty(), rates.take("b"), "others are not touched");
    clock.pass(Duration.ofMillis(250));
    assertEquals(Optional.empty(), rates.take("a"));
    assertEquals(Optional.empty(), rates.take("a"));
    assertEquals(Optional.of(Duration.ofMillis(50)), rates.take("a"));
  }

  @Test
  void whoIsForgottenHadAllOfItsBurstAgain() {
    Rates rates = new Rates(1, 3, 100, clock);
    for (int i = 0; i < 3; i++) {
      rates.take("a");
    }
    clock.pass(Duration.ofSeconds(2));
    assertEquals(Optional.empty(), rates.take("a"));
    assertEquals(Optional.empty(), rates.take("a"));
    assertEquals(Optional.of(Duration.ofSeconds(1)), rates.take("a"));
    clock.pass(Duration.ofMinutes(1));
    for (int i = 0; i < 3; i++) {
      assertEquals(Optional.empty(), rates.take("a"));
    }
    assertEquals(Optional.of(Duration.ofSeconds(1)), rates.take("a"));
  }

  @Test
  void addressesOfOneNetworkOfIpv6AreOne() {
    assertEquals(Client.address("2001:db8:1:2::1"), Client.address("2001:db8:1:2:ffff::7"));
    assertEquals("10.0.0.1", Client.address("10.0.0.1"));
  }
}
