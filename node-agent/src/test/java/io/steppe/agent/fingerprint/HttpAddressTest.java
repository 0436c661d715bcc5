package io.steppe.agent.fingerprint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where clients are told to find an agent. */
class HttpAddressTest {
  @ParameterizedTest
  @CsvSource({
    "true,,0.0.0.0,10.0.0.7:4663",
    "true,,::,10.0.0.7:4663",
    "true,,192.168.1.2,192.168.1.2:4663",
    "true,,fe80::1,[fe80::1]:4663",
    "true,,127.0.0.1,''",
    "true,,localhost,''",
    "true,127.0.0.1:9,127.0.0.1,127.0.0.1:9",
    "true,edge,0.0.0.0,edge:4663",
    "true,[fe80::1]:9,0.0.0.0,[fe80::1]:9",
    "false,edge:9,0.0.0.0,''"
  })
  void isWhatServesAndCanBeReached(
      boolean enabled, String advertised, String boundTo, String address) {
    String found = HttpAddress.of(enabled, Optional.ofNullable(advertised), boundTo, 4663);
    assertEquals(address, HttpAddress.on(found, "10.0.0.7"));
  }

  @Test
  void networkAddressesOfSixGetTheirBrackets() {
    assertEquals("[fe80::1]:4663", HttpAddress.on(":4663", "fe80::1"));
  }
}
