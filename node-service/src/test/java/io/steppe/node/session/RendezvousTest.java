package io.steppe.node.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RendezvousTest {
  private static final List<String> THREE = List.of("node-0", "node-1", "node-2");
  private static final List<String> KEYS =
      IntStream.range(0, 3_000)
          .mapToObj(i -> UUID.nameUUIDFromBytes(new byte[] {(byte) i, (byte) (i >> 8)}).toString())
          .toList();

  private static String owner(String key, List<String> replicas) {
    return Rendezvous.owner(key, replicas).orElseThrow();
  }

  @Test
  void sharesEvenly() {
    Map<String, Long> shares =
        KEYS.stream()
            .map(key -> owner(key, THREE))
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    assertTrue(shares.values().stream().allMatch(n -> n > 850 && n < 1_150), shares.toString());
  }

  @Test
  void movesOnlyWhatTheDeadOneHad() {
    List<String> two = List.of("node-2", "node-0");
    for (String key : KEYS) {
      String before = owner(key, THREE);
      if (!before.equals("node-1")) {
        assertEquals(before, owner(key, two));
      }
    }
  }

  @Test
  void nobodyOwnsWithoutReplicas() {
    assertEquals(Optional.empty(), Rendezvous.owner("a", List.of()));
  }
}
