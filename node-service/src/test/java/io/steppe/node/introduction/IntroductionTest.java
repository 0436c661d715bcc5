package io.steppe.node.introduction;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.ledger.LoggedChange;
import io.steppe.ledger.Outcome;
import io.steppe.node.registration.Fingerprint;
import io.steppe.node.registration.NodeSecret;
import io.steppe.node.registration.Registration;
import io.steppe.node.registration.TestNodes;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.ReadIntroductionReply;
import io.steppe.rpc.v1.Registered;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a node's introduction comes to when it registers. */
class IntroductionTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_795_224_189);
  private static final NodeSecret SECRET = NodeSecret.of("secret");
  private static final Node ONE = TestNodes.any();
  private static final Node OTHER =
      ONE.toBuilder().setId(UUID.nameUUIDFromBytes(new byte[] {1}).toString()).build();

  private NodeView view = NodeView.empty();
  private long index;
  private Instant now = NOW;

  @Test
  void aTokenIntroducesOneNodeOnce() {
    registered(ONE, token("t1", "", "default"));
    assertEquals(
        "node is not known and not introduced: its introduction token was used before",
        refused(OTHER, token("t1", "", "default")));
    registered(OTHER, token("t2", "", "default"));
  }

  @Test
  void aKnownNodeIsNotAskedAgain() {
    registered(ONE, token("t1", "", "default"));
    assertInstanceOf(Outcome.Unchanged.class, decide(ONE, without(true)));
    assertTrue(view.introductions().containsKey("t1"));
    assertInstanceOf(Outcome.Unchanged.class, decide(ONE, token("t2", "", "default")));
    assertEquals(1, view.introductions().size(), "the second token is not spent");
  }

  @Test
  void nodesWithoutAreRefusedOrLetIn() {
    assertEquals(
        "node is not known and not introduced: it shows no introduction token",
        refused(ONE, without(true)));
    registered(ONE, without(false));
    registered(OTHER, new Introduction.NotAsked());
    assertTrue(view.introductions().isEmpty());
  }

  @Test
  void aTokenIsForANameAndAPool() {
    assertEquals(
        "node is not known and not introduced: its introduction token is for a node of another name",
        refused(ONE, token("t1", "somebody", "default")));
    assertEquals(
        "node is not known and not introduced: its introduction token is for another node pool",
        refused(ONE, token("t1", ONE.getName(), "gpu")));
    registered(ONE, token("t1", ONE.getName(), "default"));
  }

  @Test
  void tokensEndAndAreForgottenThen() {
    registered(ONE, token("t1", "", "default"));
    now = NOW.plus(Duration.ofHours(1));
    assertEquals(
        "node is not known and not introduced: its introduction token has ended",
        refused(OTHER, token("t1", "", "default")));
    registered(OTHER, lasting("t2", now.plusSeconds(60)));
    assertEquals(Set.of("t2"), view.introductions().keySet());
  }

  private static Introduction without(boolean strict) {
    return new Introduction.Asked(strict, Optional.empty(), "it shows no introduction token");
  }

  private static Introduction token(String id, String name, String pool) {
    return new Introduction.Asked(
        true,
        Optional.of(
            ReadIntroductionReply.newBuilder()
                .setId(id)
                .setNodeName(name)
                .setNodePool(pool)
                .setExpires(TimeUnit.SECONDS.toNanos(NOW.getEpochSecond() + 300))
                .build()),
        "");
  }

  private static Introduction lasting(String id, Instant until) {
    return new Introduction.Asked(
        true,
        Optional.of(
            ReadIntroductionReply.newBuilder()
                .setId(id)
                .setNodePool("default")
                .setExpires(TimeUnit.SECONDS.toNanos(until.getEpochSecond()))
                .build()),
        "");
  }

  private Outcome<Registered> decide(Node node, Introduction introduction) {
    return Registration.register(Fingerprint.of(node), SECRET, introduction)
        .decide(view, index + 1, now);
  }

  private void registered(Node node, Introduction introduction) {
    if (!(decide(node, introduction) instanceof Outcome.Commit<Registered> commit)) {
      throw new AssertionError("not registered");
    }
    index++;
    commit.changes().forEach(change -> view = view.apply(new LoggedChange(index, 0, change)));
  }

  private String refused(Node node, Introduction introduction) {
    var failure = assertInstanceOf(Outcome.Refused.class, decide(node, introduction)).failure();
    assertEquals(Kind.DENIED, failure.kind());
    return failure.getMessage();
  }
}
