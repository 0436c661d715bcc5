package io.steppe.gateway.query;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.steppe.http.query.Query;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Parameters as they are written, and what they mean. */
class ParametersTest {
  @Test
  void waitsAreBoundedAndJittered() {
    assertEquals(Duration.ofMinutes(5), longest("", 0));
    assertEquals(Duration.ofMinutes(10), longest("wait=11m", 0));
    assertEquals(Duration.ofSeconds(16), longest("wait=16s", 0));
    assertEquals(Duration.ofSeconds(17), longest("wait=16s", 1));
    assertEquals(Duration.ofMinutes(10).plusMillis(37500), longest("wait=1h", 1));
    assertEquals(Duration.ofMinutes(5), longest("wait=-1s", 0));
  }

  private static Duration longest(String query, int part) {
    return ReadParameters.of(Query.parse(query), most -> part * most.toNanos()).longest();
  }
}
