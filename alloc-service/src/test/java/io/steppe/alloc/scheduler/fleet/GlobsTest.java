package io.steppe.alloc.scheduler.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Datacenters by name and by pattern. */
class GlobsTest {
  @ParameterizedTest
  @CsvSource({
    "*,dc1,true",
    "dc*,dc1,true",
    "dc1,dc1,true",
    "dc1,dc12,false",
    "*1,dc1,true",
    "d*1,dc1,true",
    "d*c*1,dc1,true",
    "a*,dc1,false",
    "dc1*dc1,dc1,false"
  })
  void matchesDatacenters(String pattern, String datacenter, boolean expected) {
    assertEquals(expected, new Globs(List.of("other", pattern)).matches(datacenter));
  }
}
