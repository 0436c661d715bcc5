package io.steppe.http.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.http.failure.Refusal;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parameters as they are written, and what they mean. */
class ParametersTest {
  @ParameterizedTest
  @CsvSource({
    "1s,1000",
    "1m30s,90000",
    "1.5s,1500",
    "250ms,250",
    "2h,7200000",
    "0,0",
    "-1s,-1000",
    "1us,0"
  })
  void durationsHaveUnits(String text, long millis) {
    assertEquals(millis, GoValues.duration(text).orElseThrow().toMillis());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "abc", "s", ".s", "1x", "5 s", "9999999999h"})
  void otherTextIsNoDuration(String text) {
    assertEquals(Optional.empty(), GoValues.duration(text));
  }

  @Test
  void aQueryIsReadAsItIsWritten() {
    Query query = Query.parse("a=1&a=2&b&c=x%20y+z&%zz=1&d=%F0%9F%8C%BE&&e=%");
    assertEquals("1", query.text("a"));
    assertEquals(List.of("1", "2"), query.all("a"));
    assertTrue(query.has("b"));
    assertEquals("x y z", query.text("c"));
    assertEquals("\uD83C\uDF3E", query.text("d"));
    assertEquals("", query.text("e"));
  }

  @ParameterizedTest
  @CsvSource({
    "1111,1111",
    "AAAAAAAA11,aaaaaaaa-11",
    "aaaaaaaa-11,aaaaaaaa-11",
    "11111111111111111111111111111111,11111111-1111-1111-1111-111111111111"
  })
  void prefixesOfIdsGetTheirHyphens(String given, String meant) {
    assertEquals(meant, Ids.prefix("node", given));
  }

  @Test
  void whatIsNoIdIsRefused() {
    Refusal refusal =
        assertThrows(Refusal.class, () -> Ids.whole("node", "1-1-1-1-1-1".repeat(3) + "111"));
    assertEquals(500, refusal.status());
    assertEquals(
        "node lookup failed: index error: UUID should have maximum of 4 \"-\"; got 15",
        refusal.getMessage());
  }
}
