package io.steppe.agent.task;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {
  @ParameterizedTest
  @CsvSource({
    "0,0s",
    "1,1ns",
    "1500,1.5µs",
    "1000000,1ms",
    "1200000000,1.2s",
    "5000000000,5s",
    "60000000000,1m0s",
    "90500000000,1m30.5s",
    "3600000000000,1h0m0s",
    "-1500000000,-1.5s"
  })
  void isWrittenAsGoWritesIt(long nanos, String text) {
    assertEquals(text, GoDuration.format(Duration.ofNanos(nanos)));
  }

  @Property
  void whatIsWrittenIsRead(@ForAll @LongRange(min = -(1L << 60), max = 1L << 60) long nanos) {
    Duration duration = Duration.ofNanos(nanos);
    assertEquals(Optional.of(duration), GoDuration.parse(GoDuration.format(duration)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "1x", "1s2", "1 s", ".s", "--1s", "99999999999999h"})
  void refusesWhatIsNone(String text) {
    assertEquals(Optional.empty(), GoDuration.parse(text));
  }
}
