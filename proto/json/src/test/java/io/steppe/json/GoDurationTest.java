package io.steppe.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.steppe.proto.v1.ACLToken;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Durations as text. */
class GoDurationTest {
  @Property(tries = 2000)
  void whatIsWrittenReadsBack(@ForAll long nanos) {
    assertEquals(Optional.of(nanos), GoDuration.parse(GoDuration.format(nanos)));
  }

  @Property(tries = 500)
  void whatIsWrittenReadsBackWhereItIsShort(@ForAll int nanos) {
    assertEquals(Optional.of((long) nanos), GoDuration.parse(GoDuration.format(nanos)));
  }

  @Test
  void isWrittenAsClientsDo() {
    assertEquals("1h0m0s", GoDuration.format(3_600_000_000_000L));
    assertEquals("1m30s", GoDuration.format(90_000_000_000L));
    assertEquals("1.5s", GoDuration.format(1_500_000_000L));
    assertEquals("100ms", GoDuration.format(100_000_000L));
    assertEquals("1.5µs", GoDuration.format(1_500L));
    assertEquals("-30ns", GoDuration.format(-30));
    assertEquals("0s", GoDuration.format(0));
  }

  @Test
  void isReadAsClientsWriteIt() {
    assertEquals(Optional.of(5_400_000_000_000L), GoDuration.parse("1.5h"));
    assertEquals(Optional.of(5_400_000_000_000L), GoDuration.parse("1h30m"));
    assertEquals(Optional.of(500_000_000L), GoDuration.parse(".5s"));
    assertEquals(Optional.of(0L), GoDuration.parse("0"));
    for (String none :
        new String[] {"", "5", "s", ".s", "1d", "1h 5m", "3000000h", "1h-5m", "--1s"}) {
      assertEquals(Optional.empty(), GoDuration.parse(none), none);
    }
  }

  @Test
  void ofATokenIsTextOrANumber() {
    assertEquals(60_000_000_000L, ttl("\"1m\""));
    assertEquals(60_000_000_000L, ttl("60000000000"));
    assertEquals(60_000_000_000L, ttl("6e10"));
    assertEquals(0, ttl("\"\""));
    assertEquals(0, ttl("null"));
    assertThrows(InvalidJsonException.class, () -> ttl("\"soon\""));
    assertThrows(InvalidJsonException.class, () -> ttl("true"));
  }

  private static long ttl(String json) {
    byte[] token = ("{\"ExpirationTTL\":" + json + "}").getBytes(StandardCharsets.UTF_8);
    return Json.read(token, ACLToken.getDefaultInstance()).getExpirationTtl();
  }
}
