package io.steppe.alloc.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.alloc.view.AllocView;
import io.steppe.ledger.Decision;
import io.steppe.ledger.LoggedChange;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.seal.SealKeys;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskGroup;
import io.steppe.proto.v1.WorkloadIdentity;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.IntroduceRequest;
import io.steppe.rpc.v1.SignReply.Signed;
import io.steppe.rpc.v1.SignRequest.Wish;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IdentitiesTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final UUID ID = UUID.fromString("0b0e2c5e-5f0e-4c6e-8a62-1f0a3c1c2d3e");
  private static final String ALLOC = "6d7a4e1c-1861-a4e9-a47d-8ee3108e8ef5";

  private final Keyring keyring =
      new Keyring(SealKeys.of(List.of("k1:" + Base64.getEncoder().encodeToString(new byte[32]))));
  private final WorkloadIdentities identities =
      new WorkloadIdentities(keyring, "global", Optional.of("https://steppe.example"), () -> ID);
  private final Introductions introductions =
      new Introductions(keyring, "global", Optional.empty(), () -> ID);
  private AllocView view = AllocView.empty();
  private long index;

  @BeforeEach
  void aRunningTask() {
    var task =
        Task.newBuilder()
            .setName("t")
            .setIdentity(WorkloadIdentity.newBuilder().setName("default").setEnv(true))
            .addIdentities(
                WorkloadIdentity.newBuilder()
                    .setName("vault")
                    .addAudience("vault.io")
                    .addAudience("b")
                    .setTtl(TimeUnit.HOURS.toNanos(1)));
    var job =
        Job.newBuilder()
            .setNamespace("default")
            .setId("web")
            .addTaskGroups(TaskGroup.newBuilder().setName("g").addTasks(task))
            .build();
    view = view.with(job).withVersion(job).with(allocation("running"));
    commit(RotateKey.first(keyring.make("first")));
  }

  @Test
  void claimsAreNomads() throws Exception {
    String jwt = sign(ALLOC, "t", "vault").getJwt();
    assertEquals("{\"alg\":\"RS256\",\"kid\":\"first\",\"typ\":\"JWT\"}", decoded(jwt, 0));
    assertEquals(
        "{\"iss\":\"https://steppe.example\",\"aud\":[\"vault.io\",\"b\"],\"iat\":1893456000,\"nbf\":1893456000,"
            + "\"exp\":1893459600,\"jti\":\""
            + ID
            + "\",\"sub\":\"global:default:web:g:t:vault\",\"nomad_namespace\":\"default\",\"nomad_job_id\":\"web\","
            + "\"nomad_allocation_id\":\""
            + ALLOC
            + "\",\"nomad_task\":\"t\"}",
        decoded(jwt, 1));
    String own = decoded(sign(ALLOC, "t", "default").getJwt(), 1);
    assertTrue(own.contains("\"aud\":\"nomadproject.io\""), own);
    assertFalse(own.contains("\"exp\""), own);
  }

  @Test
  void whoHasThePublicKeysCanCheckThem() throws Exception {
    var signed = sign(ALLOC, "t", "vault");
    assertEquals(TimeUnit.SECONDS.toNanos(1893459600), signed.getExpires());
    var keys = new JsonWebKeySet(Jwts.publicKeys(Keyring.all(view))).getJsonWebKeys();
    var claims =
        new JwtConsumerBuilder()
            .setVerificationKeyResolver(new JwksVerificationKeyResolver(keys))
            .setExpectedAudience("b")
            .setEvaluationTime(org.jose4j.jwt.NumericDate.fromSeconds(NOW.getEpochSecond()))
            .build()
            .processToClaims(signed.getJwt());
    assertEquals("web", claims.getStringClaimValue("nomad_job_id"));
    assertFalse(Jwts.publicKeys(Keyring.all(view)).contains("\"d\""), "private parts stay here");
  }

  @Test
  void onlyForLivingAllocationsOfTheNode() {
    assertEquals(
        "allocation not found on this node",
        identities.sign(view, "other", wish(ALLOC, "t", "default"), NOW).getRejection());
    assertEquals("identity not found", sign(ALLOC, "t", "nomad").getRejection());
    assertEquals("identity not found", sign(ALLOC, "u", "default").getRejection());
    String jwt = sign(ALLOC, "t", "default").getJwt();
    assertEquals("web", identities.identify(view, jwt, NOW).getJobId());
    view = view.with(allocation("complete"));
    assertEquals("allocation is terminal", sign(ALLOC, "t", "default").getRejection());
    denied(() -> identities.identify(view, jwt, NOW));
  }

  @Test
  void anIdentityForOthersIsNoneHere() {
    denied(() -> identities.identify(view, sign(ALLOC, "t", "vault").getJwt(), NOW));
    denied(() -> identities.identify(view, "no.token.atall", NOW));
    denied(() -> identities.identify(view, "", NOW));
  }

  @Test
  void rotationKeepsWhatWasSignedUntilTheOldKeyIsDeleted() {
    String old = sign(ALLOC, "t", "default").getJwt();
    commit(RotateKey.always(keyring.make("second")));
    assertEquals(List.of("inactive", "active"), states());
    assertTrue(decoded(sign(ALLOC, "t", "default").getJwt(), 0).contains("second"));
    assertEquals("web", identities.identify(view, old, NOW).getJobId());

    assertEquals(
        "active root key cannot be deleted - call rotate first", refusal(new DeleteKey("second")));
    commit(new DeleteKey("first"));
    denied(() -> identities.identify(view, old, NOW));
    assertEquals("root key not found", refusal(new DeleteKey("first")));
  }

  @Test
  void theFirstKeyIsMadeOnce() {
    assertInstanceOf(
        Outcome.Unchanged.class,
        RotateKey.first(keyring.make("other")).decide(view, index + 1, NOW));
  }

  @Test
  void introductionsEnd() {
    String jwt =
        introductions.introduce(view, IntroduceRequest.newBuilder().setNodeName("n1").build(), NOW);
    var read = introductions.read(view, jwt, NOW.plus(Duration.ofMinutes(4)));
    assertEquals(
        List.of(ID.toString(), "n1", "default"),
        List.of(read.getId(), read.getNodeName(), read.getNodePool()));
    denied(() -> introductions.read(view, jwt, NOW.plus(Duration.ofMinutes(6))));
    assertTrue(decoded(jwt, 1).contains("\"sub\":\"node-introduction:global:default:n1:default\""));
  }

  @Test
  void anIdentityIntroducesNobody() {
    String identity = sign(ALLOC, "t", "default").getJwt();
    denied(() -> introductions.read(view, identity, NOW));
    String introduction = introductions.introduce(view, IntroduceRequest.getDefaultInstance(), NOW);
    denied(() -> identities.identify(view, introduction, NOW));
  }

  @Test
  void aKeyDoesNotOpenWithoutWhatSealedIt() {
    var others =
        new WorkloadIdentities(
            new Keyring(SealKeys.of(List.of())), "global", Optional.empty(), () -> ID);
    assertTrue(
        others.sign(view, "node", wish(ALLOC, "t", "default"), NOW).getRejection().contains("k1"));
  }

  private static Allocation allocation(String status) {
    return Allocation.newBuilder()
        .setId(ALLOC)
        .setNodeId("node")
        .setNamespace("default")
        .setJobId("web")
        .setTaskGroup("g")
        .setClientStatus(status)
        .build();
  }

  private static Wish wish(String allocation, String task, String name) {
    return Wish.newBuilder().setAllocId(allocation).setTask(task).setName(name).build();
  }

  private Signed sign(String allocation, String task, String name) {
    return identities.sign(view, "node", wish(allocation, task, name), NOW);
  }

  private List<String> states() {
    return Keyring.all(view).stream().map(key -> key.getMeta().getState()).toList();
  }

  private <R> void commit(Decision<AllocView, R> decision) {
    var commit = assertInstanceOf(Outcome.Commit.class, decision.decide(view, ++index, NOW));
    for (Object change : commit.changes()) {
      view = view.apply(new LoggedChange(index, 0, (io.steppe.ledger.Change) change));
    }
  }

  private <R> String refusal(Decision<AllocView, R> decision) {
    return assertInstanceOf(Outcome.Refused.class, decision.decide(view, index + 1, NOW))
        .failure()
        .getMessage();
  }

  private static void denied(org.junit.jupiter.api.function.Executable act) {
    assertEquals(Kind.DENIED, assertThrows(Failure.class, act).kind());
  }

  private static String decoded(String jwt, int part) {
    return new String(
        Base64.getUrlDecoder().decode(List.of(jwt.split("\\.")).get(part)),
        java.nio.charset.StandardCharsets.UTF_8);
  }
}
