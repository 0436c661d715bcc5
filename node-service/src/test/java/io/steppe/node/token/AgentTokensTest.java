package io.steppe.node.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.acl.state.SecretHash;
import io.steppe.ledger.Change;
import io.steppe.ledger.MemoryLedger;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.Tables;
import io.steppe.node.registration.NodeSecret;
import io.steppe.node.session.TestClock;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.ACLPolicy;
import io.steppe.proto.v1.ACLRole;
import io.steppe.proto.v1.ACLRolePolicyLink;
import io.steppe.proto.v1.ACLToken;
import io.steppe.proto.v1.ACLTokenRoleLink;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.AclChanged;
import io.steppe.rpc.v1.NodeProof;
import io.steppe.rpc.v1.PolicyRules;
import io.steppe.rpc.v1.ResolveTokenReply;
import io.steppe.rpc.v1.ResolveTokenRequest;
import io.steppe.rpc.v1.StoredPolicy;
import io.steppe.rpc.v1.StoredToken;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What agents are told of tokens. */
class AgentTokensTest {
  private static final String NODE = "11111111-1111-1111-1111-111111111111";
  private static final Duration SOON = Duration.ofSeconds(20);

  private final TestClock clock = new TestClock();
  private final MemoryLedger<NodeView> ledger = new MemoryLedger<>(NodeView.empty(), clock);
  private final AgentTokens tokens = new AgentTokens(ledger, clock);

  @BeforeEach
  void state() {
    put(
        Change.put(
            Tables.NODES,
            NODE,
            Node.newBuilder()
                .setId(NODE)
                .setSecretHash(NodeSecret.of("node secret").hash())
                .build()
                .toByteString()));
    put(policy("readers", "read"));
    put(policy("anonymous", ""));
    put(
        Change.put(
            Tables.ACL_ROLES,
            "role",
            ACLRole.newBuilder()
                .setId("role")
                .setName("role")
                .addPolicies(ACLRolePolicyLink.newBuilder().setName("readers"))
                .build()
                .toByteString()));
  }

  @AfterEach
  void close() {
    ledger.close();
  }

  @Test
  void aTokenHasTheRulesOfItsRolesPolicies() {
    put(
        token(
            "one",
            ACLToken.newBuilder()
                .setType("client")
                .addRoles(ACLTokenRoleLink.newBuilder().setId("role"))));
    ResolveTokenReply reply = resolve("node secret", "one");
    assertEquals("accessor of one", reply.getRights().getAccessorId());
    assertEquals("read", reply.getRights().getPolicies(0).getNode());
    assertEquals(AgentTokens.TTL.toNanos(), reply.getTtl());
  }

  @Test
  void managementMayDoEverything() {
    put(token("root", ACLToken.newBuilder().setType("management")));
    assertTrue(resolve("node secret", "root").getRights().getManagement());
  }

  @Test
  void noTokenIsAnonymous() {
    ResolveTokenReply reply = resolve("node secret", "");
    assertEquals("anonymous", reply.getRights().getAccessorId());
    assertEquals(1, reply.getRights().getPoliciesCount());
  }

  @Test
  void anAnswerLastsNoLongerThanTheToken() {
    long end = nanosIn(Duration.ofSeconds(5));
    put(token("brief", ACLToken.newBuilder().setType("management").setExpirationTime(end)));
    assertEquals(Duration.ofSeconds(5).toNanos(), resolve("node secret", "brief").getTtl());
    clock.forward(Duration.ofSeconds(5));
    assertDenied("node secret", "brief");
  }

  @Test
  void onlyNodesAreTold() {
    put(token("root", ACLToken.newBuilder().setType("management")));
    assertDenied("wrong secret", "root");
    assertDenied("node secret", "unknown");
    assertDenied("node secret", "accessor of root");
  }

  private void assertDenied(String nodeSecret, String secret) {
    Failure failure = assertThrows(Failure.class, () -> resolve(nodeSecret, secret));
    assertEquals(Kind.DENIED, failure.kind());
  }

  private ResolveTokenReply resolve(String nodeSecret, String secret) {
    return tokens
        .resolve(
            ResolveTokenRequest.newBuilder()
                .setNode(NodeProof.newBuilder().setNodeId(NODE).setSecretId(nodeSecret))
                .setSecretId(secret)
                .build())
        .await()
        .atMost(SOON);
  }

  private void put(Change change) {
    ledger
        .commit(
            "",
            AclChanged.parser(),
            (view, index, now) ->
                new Outcome.Commit<>(List.of(change), AclChanged.getDefaultInstance()))
        .await()
        .atMost(SOON);
  }

  private static Change token(String secret, ACLToken.Builder token) {
    String accessor = "accessor of " + secret;
    return Change.put(
        Tables.ACL_TOKENS,
        accessor,
        StoredToken.newBuilder()
            .setToken(token.setAccessorId(accessor))
            .setSecretHash(SecretHash.of(secret).sha256())
            .build()
            .toByteString());
  }

  private static Change policy(String name, String node) {
    return Change.put(
        Tables.ACL_POLICIES,
        name,
        StoredPolicy.newBuilder()
            .setPolicy(ACLPolicy.newBuilder().setName(name))
            .setRules(PolicyRules.newBuilder().setNode(node))
            .build()
            .toByteString());
  }

  private long nanosIn(Duration duration) {
    return TimeUnit.SECONDS.toNanos(clock.instant().getEpochSecond())
        + clock.instant().getNano()
        + duration.toNanos();
  }
}
