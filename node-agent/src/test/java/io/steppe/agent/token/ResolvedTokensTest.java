package io.steppe.agent.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.acl.Access;
import io.steppe.acl.Identity;
import io.steppe.acl.Right;
import io.steppe.http.failure.Refusal;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.PolicyRules;
import io.steppe.rpc.v1.ResolveTokenReply;
import io.steppe.rpc.v1.Rights;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResolvedTokensTest {
  private final Map<String, ResolveTokenReply> there = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final ResolvedTokens tokens = new ResolvedTokens(this::answer, () -> now);

  private ResolveTokenReply answer(String secret) {
    asked.add(secret);
    if (!there.containsKey(secret)) {
      throw Failure.denied("Permission denied");
    }
    return there.get(secret);
  }

  private void token(String secret, Rights.Builder rights, Duration ttl) {
    there.put(
        secret, ResolveTokenReply.newBuilder().setRights(rights).setTtl(ttl.toNanos()).build());
  }

  private static Rights.Builder reader() {
    return Rights.newBuilder()
        .setAccessorId("a")
        .addPolicies(PolicyRules.newBuilder().setNode("read"));
  }

  @Test
  void whatTheControlPlaneSaysHolds() {
    token("reader", reader(), Duration.ofSeconds(30));
    Identity who = tokens.authenticate("reader");
    assertEquals("a", who.accessorId());
    assertEquals(Optional.of(who), tokens.known("reader"));
    assertEquals(Optional.empty(), tokens.known("other"));
    assertEquals(List.of("reader"), asked);
    assertTrue(who.may(new Right.Node(Access.READ), ""));
    assertFalse(who.may(new Right.Node(Access.WRITE), ""));
  }

  @Test
  void itIsAskedAgainAfterAWhileAndNotBefore() {
    token("reader", reader(), Duration.ofHours(1));
    tokens.authenticate("reader");
    now = now.plusSeconds(29);
    tokens.authenticate("reader");
    assertEquals(1, asked.size());
    there.remove("reader");
    now = now.plusSeconds(2);
    assertThrows(Refusal.class, () -> tokens.authenticate("reader"));
  }

  @Test
  void aTokenThatExpiresIsNone() {
    Instant end = now.plusSeconds(10);
    token(
        "short",
        reader().setExpires(end.getEpochSecond() * 1_000_000_000L),
        Duration.ofSeconds(30));
    assertEquals(end, tokens.authenticate("short").expires());
    now = end;
    assertEquals(403, assertThrows(Refusal.class, () -> tokens.authenticate("short")).status());
  }

  @Test
  void anyNumberOfTokensIsAnswered() {
    for (int i = 0; i < 3000; i++) {
      token("t" + i, reader(), Duration.ofSeconds(30));
      tokens.authenticate("t" + i);
    }
    tokens.authenticate("t2999");
    tokens.authenticate("t0");
    assertEquals(3001, asked.size());
  }
}
