package io.steppe.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SameValueTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\":1,\"b\":[true,null]} | { \"b\" : [ true, null ], \"a\" : 1 } | true",
        "1 | 1.0 | true",
        "1e2 | 100 | true",
        "9007199254740993 | 9007199254740992 | false",
        "\"a\\u0062\" | \"ab\" | true",
        "[1,2] | [2,1] | false",
        "{\"a\":1} | {\"a\":\"1\"} | false",
        "{\"a\":null} | {} | false",
        "1e999999999 | 1e999999998 | false",
        "{\"a\" | {\"a\": | false",
        "[] | {} | false",
      })
  void saysTheSameHoweverItIsSpelled(String one, String other, boolean same) {
    var first = ByteString.copyFromUtf8(one);
    var second = ByteString.copyFromUtf8(other);
    assertEquals(same, Json.same(first, second));
    assertEquals(same, Json.same(second, first));
  }
}
