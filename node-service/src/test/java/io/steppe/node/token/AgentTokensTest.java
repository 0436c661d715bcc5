package io.steppe.node.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.smallrye.mutiny.Uni;
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
import io.steppe.proto.v1.JobACL;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.AclChanged;
import io.steppe.rpc.v1.IdentifyReply;
import io.steppe.rpc.v1.NodeProof;
import io.steppe.rpc.v1.PolicyRules;
import io.steppe.rpc.v1.ResolveTokenReply;
import io.steppe.rpc.v1.ResolveTokenRequest;
import io.steppe.rpc.v1.StoredPolicy;
import io.steppe.rpc.v1.StoredToken;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What agents are told of tokens. */
class AgentTokensTest {
  private static final String NODE = "11111111-1111-1111-1111-111111111111";
  private static final String ONE = "aaaaaaaa-0000-0000-0000-000000000001";
  private static final String ROOT = "aaaaaaaa-0000-0000-0000-000000000002";
  private static final String BRIEF = "aaaaaaaa-0000-0000-0000-000000000003";
  private static final String UNKNOWN = "aaaaaaaa-0000-0000-0000-000000000004";
  private static final String IDENTITY = "eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.c2lnbmVk";
  private static final Duration SOON = Duration.ofSeconds(20);

  private final TestClock clock = new TestClock();
  private final MemoryLedger<NodeView> ledger = new MemoryLedger<>(NodeView.empty(), clock);
  private final Map<String, IdentifyReply> tasks = new HashMap<>();
  private final AgentTokens tokens = new AgentTokens(ledger, this::identified, clock);

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
            ONE,
            ACLToken.newBuilder()
                .setType("client")
                .addRoles(ACLTokenRoleLink.newBuilder().setId("role"))));
    ResolveTokenReply reply = resolve("node secret", ONE);
    assertEquals("accessor of " + ONE, reply.getRights().getAccessorId());
    assertEquals("read", reply.getRights().getPolicies(0).getNode());
    assertEquals(AgentTokens.TTL.toNanos(), reply.getTtl());
  }

  @Test
  void managementMayDoEverything() {
    put(token(ROOT, ACLToken.newBuilder().setType("management")));
    assertTrue(resolve("node secret", ROOT).getRights().getManagement());
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
    put(token(BRIEF, ACLToken.newBuilder().setType("management").setExpirationTime(end)));
    assertEquals(Duration.ofSeconds(5).toNanos(), resolve("node secret", BRIEF).getTtl());
    clock.forward(Duration.ofSeconds(5));
    assertDenied("node secret", BRIEF);
  }

  @Test
  void aTasksIdentityHasThePoliciesThatAreOfItsJob() {
    put(policyOf("web", "read"));
    put(policyOf("other", "write"));
    tasks.put(IDENTITY, task("web").build());
    ResolveTokenReply reply = resolve("node secret", IDENTITY);
    assertEquals("alloc:an-allocation", reply.getRights().getAccessorId());
    assertEquals(
        List.of("read"),
        reply.getRights().getPoliciesList().stream().map(PolicyRules::getNode).toList());
    assertEquals(AgentTokens.TASK_TTL.toNanos(), reply.getTtl());
  }

  @Test
  void anAnswerLastsNoLongerThanTheIdentity() {
    tasks.put(IDENTITY, task("web").setExpires(nanosIn(Duration.ofSeconds(2))).build());
    assertEquals(Duration.ofSeconds(2).toNanos(), resolve("node secret", IDENTITY).getTtl());
    clock.forward(Duration.ofSeconds(3));
    assertEquals(0, resolve("node secret", IDENTITY).getTtl());
  }

  @Test
  void anIdentityWhoseAllocationIsOverIsNone() {
    tasks.put(IDENTITY, task("web").build());
    resolve("node secret", IDENTITY);
    tasks.clear();
    assertDenied("node secret", IDENTITY);
    assertDenied("wrong secret", IDENTITY);
  }

  @Test
  void onlyNodesAreTold() {
    put(token(ROOT, ACLToken.newBuilder().setType("management")));
    assertDenied("wrong secret", ROOT);
    assertDenied("node secret", UNKNOWN);
    Failure garbage = assertThrows(Failure.class, () -> resolve("node secret", "garbage"));
    assertEquals(Kind.UNAUTHENTICATED, garbage.kind());
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

  private Uni<IdentifyReply> identified(String jwt) {
    return Uni.createFrom()
        .item(tasks.get(jwt))
        .onItem()
        .ifNull()
        .failWith(() -> Failure.denied("Permission denied"));
  }

  private static IdentifyReply.Builder task(String job) {
    return IdentifyReply.newBuilder()
        .setNamespace("default")
        .setJobId(job)
        .setTaskGroup("g")
        .setTask("t")
        .setAllocId("an-allocation");
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
    return policy(ACLPolicy.newBuilder().setName(name), node);
  }

  private static Change policyOf(String job, String node) {
    return policy(
        ACLPolicy.newBuilder()
            .setName("of-" + job)
            .setJobAcl(JobACL.newBuilder().setNamespace("default").setJobId(job)),
        node);
  }

  private static Change policy(ACLPolicy.Builder policy, String node) {
    return Change.put(
        Tables.ACL_POLICIES,
        policy.getName(),
        StoredPolicy.newBuilder()
            .setPolicy(policy)
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
