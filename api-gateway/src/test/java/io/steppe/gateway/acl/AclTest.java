package io.steppe.gateway.acl;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import io.steppe.gateway.region.RegionResource;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens, policies and roles as clients see them, over PostgreSQL. */
@QuarkusTest
@QuarkusTestResource(RegionResource.class)
@WithTestResource(value = AclDatabase.class, scope = TestResourceScope.MATCHING_RESOURCES)
class AclTest {
  private static final String NO_TOKEN =
      "failed to parse signed token: go-jose/go-jose: compact JWS format must have three parts";
  private static final String NOBODY = "11111111-2222-3333-4444-555555555555";

  @BeforeEach
  void bootstrap() {
    bootstrapped();
  }

  static void bootstrapped() {
    eventually(
        () ->
            "UP".equals(given().get("/q/health/ready").path("checks.find{it.name=='acl'}.status")));
    given()
        .body("{\"BootstrapSecret\":\"" + AclDatabase.FIRST_SECRET + "\"}")
        .put("/v1/acl/bootstrap");
  }

  @Test
  void theFirstTokenIsMadeOnce() {
    given()
        .put("/v1/acl/bootstrap")
        .then()
        .statusCode(400)
        .body(containsString("ACL bootstrap already done (reset index: "));
    given()
        .body("{\"BootstrapSecret\":\"nope\"}")
        .put("/v1/acl/bootstrap")
        .then()
        .statusCode(400)
        .body(equalTo("invalid acl token"));
    management()
        .get("/v1/acl/token/self")
        .then()
        .statusCode(200)
        .body("SecretID", equalTo(AclDatabase.FIRST_SECRET))
        .body("Type", equalTo("management"))
        .body("Name", equalTo("Bootstrap Token"))
        .body("Policies", nullValue())
        .body("Global", equalTo(true));
  }

  @Test
  void aTokenShowsItsSecretWhenItIsMadeAndToItself() {
    Response made = token("one", "{\"Name\":\"one\",\"Type\":\"client\",\"Policies\":[\"p\"]}");
    String accessor = made.path("AccessorID");
    String secret = made.path("SecretID");
    UUID.fromString(secret);
    assertEquals(made.header("X-Nomad-Index"), String.valueOf(made.<Integer>path("CreateIndex")));
    management()
        .get("/v1/acl/token/" + accessor)
        .then()
        .statusCode(200)
        .body("SecretID", equalTo(""))
        .body("ExpirationTTL", equalTo(""))
        .body("ExpirationTime", nullValue());
    with(secret).get("/v1/acl/token/self").then().body("SecretID", equalTo(secret));
    with(secret).get("/v1/acl/token/" + accessor).then().body("SecretID", equalTo(secret));
    given()
        .header("Authorization", "Bearer " + secret)
        .get("/v1/acl/token/self")
        .then()
        .body("AccessorID", equalTo(accessor));
    management()
        .get("/v1/acl/tokens")
        .then()
        .body("AccessorID", hasItem(accessor))
        .body(not(containsString(secret)));
    with(secret).get("/v1/acl/tokens").then().statusCode(403).body(equalTo("Permission denied"));
  }

  @Test
  void aTokenIsChangedAndForgotten() {
    Response made = token("two", "{\"Type\":\"client\",\"Policies\":[\"p\"]}");
    String accessor = made.path("AccessorID");
    String secret = made.path("SecretID");
    management()
        .body(
            "{\"AccessorID\":\"%s\",\"Name\":\"new\",\"Type\":\"client\",\"Policies\":[\"q\"]}"
                .formatted(accessor))
        .post("/v1/acl/token/" + accessor)
        .then()
        .statusCode(200)
        .body("Name", equalTo("new"))
        .body("CreateIndex", equalTo(made.<Integer>path("CreateIndex")));
    with(secret)
        .get("/v1/acl/token/self")
        .then()
        .body("Policies", contains("q"))
        .body("SecretID", equalTo(secret));
    management().delete("/v1/acl/token/" + accessor).then().statusCode(200).body(equalTo(""));
    management()
        .get("/v1/acl/token/" + accessor)
        .then()
        .statusCode(404)
        .body(equalTo("ACL token not found"));
    eventually(() -> with(secret).get("/v1/acl/token/self").statusCode() == 403);
    management()
        .delete("/v1/acl/token/" + accessor)
        .then()
        .statusCode(400)
        .body(equalTo("Cannot delete nonexistent tokens: " + accessor));
  }

  @Test
  void aTokenIsUploadedUnderItsOwnIds() {
    String accessor = UUID.randomUUID().toString();
    String secret = UUID.randomUUID().toString();
    String body =
        "{\"AccessorID\":\"%s\",\"SecretID\":\"%s\",\"Type\":\"client\",\"Policies\":[\"p\"]}";
    management()
        .body(body.formatted(accessor, secret))
        .put("/v1/acl/token/" + accessor)
        .then()
        .statusCode(200)
        .body("SecretID", equalTo(secret));
    with(secret).get("/v1/acl/token/self").then().body("AccessorID", equalTo(accessor));
    String other = UUID.randomUUID().toString();
    management()
        .body(body.formatted(other, secret))
        .put("/v1/acl/token/" + other)
        .then()
        .statusCode(400)
        .body(equalTo("a token with this secret exists already"));
  }

  @Test
  void whatIsWrongWithATokenIsTold() {
    Map<String, String> texts =
        Map.of(
            "{}",
            "token 0 invalid: 1 error occurred:\n\t* token type must be client or management\n\n",
            "{\"Type\":\"client\"}",
            "token 0 invalid: 1 error occurred:\n\t* client token missing policies or roles\n\n",
            "{\"Type\":\"management\",\"Policies\":[\"x\"]}",
            "token 0 invalid: 1 error occurred:\n"
                + "\t* management token cannot be associated with policies or roles\n\n",
            "{\"Type\":\"client\",\"Policies\":[\"p\"],\"ExpirationTTL\":\"500h\"}",
            "token 0 invalid: 1 error occurred:\n"
                + "\t* expiration time cannot be more than 24h0m0s in the future"
                + " (was 500h0m0s)\n\n",
            "{\"Type\":\"client\",\"Policies\":[\"p\"],\"ExpirationTTL\":-5}",
            "token 0 invalid: 3 errors occurred:\n"
                + "\t* token expiration TTL '-5ns' should not be negative\n"
                + "\t* expiration time cannot be before create time\n"
                + "\t* expiration time cannot be less than 1s in the future (was -5ns)\n\n",
            "{\"Type\":\"client\",\"Roles\":[{\"Name\":\"nope\"}]}",
            "cannot find role nope",
            "{\"AccessorID\":\"" + NOBODY + "\",\"Type\":\"client\",\"Policies\":[\"p\"]}",
            "cannot find token " + NOBODY,
            "{\"Type\":\"client\",\"ExpirationTTL\":\"soon\"}",
            "time: invalid duration \"soon\"");
    texts.forEach(
        (body, text) ->
            management()
                .body(body)
                .put("/v1/acl/token")
                .then()
                .statusCode(400)
                .body(equalTo(text)));
    management()
        .get("/v1/acl/token/zzz")
        .then()
        .statusCode(500)
        .body(equalTo("acl token lookup failed: index error: UUID must be 36 characters"));
    management().get("/v1/acl/tokens?prefix=111").then().statusCode(500);
    management()
        .get("/v1/acl/token/")
        .then()
        .statusCode(400)
        .body(equalTo("Missing Token Accessor"));
    management()
        .body("{}")
        .put("/v1/acl/token/x")
        .then()
        .statusCode(400)
        .body(equalTo("ACL token accessor does not match request path"));
  }

  @Test
  void unknownTokensAreRefused() {
    with(NOBODY)
        .get("/v1/acl/token/self")
        .then()
        .statusCode(403)
        .body(equalTo("Permission denied"));
    with("garbage").get("/v1/nodes").then().statusCode(403).body(equalTo("Permission denied"));
    given()
        .get("/v1/acl/token/self")
        .then()
        .statusCode(200)
        .body("AccessorID", equalTo("anonymous"))
        .body("Policies", contains("anonymous"));
    given().get("/v1/acl/tokens").then().statusCode(403);
    given().get("/v1/acl/policy/self").then().statusCode(403);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/acl/token/self, 500, ''",
    "/v1/client/stats, 500, 'rpc error: '",
    "/v1/client/fs/ls/" + NOBODY + ", 403,",
    "/v1/agent/servers, 500, 'rpc error: '",
    "/v1/agent/self, 500, 'ACL token not found or invalid workload identity: '",
    "/v1/agent/host, 500, 'ACL token not found or invalid workload identity: '",
    "/v1/agent/schedulers, 403, ''",
    "/v1/agent/members, 403,",
    "/v1/event/range, 403,"
  })
  void whatCanBeNoTokenIsRefusedAsTheRouteDoes(String path, int status, String before) {
    with("garbage")
        .get(path)
        .then()
        .statusCode(status)
        .body(equalTo(before == null ? "Permission denied" : before + NO_TOKEN));
    with("a.b.c").get(path).then().statusCode(status);
  }

  @Test
  void aTokenThatExpiresIsRefusedThenForgotten() {
    Response made =
        token("brief", "{\"Type\":\"client\",\"Policies\":[\"p\"],\"ExpirationTTL\":\"2s\"}");
    String accessor = made.path("AccessorID");
    String secret = made.path("SecretID");
    made.then().body("ExpirationTTL", equalTo("2s")).body("ExpirationTime", notNullValue());
    eventually(() -> with(secret).get("/v1/acl/token/self").statusCode() == 403);
    eventually(() -> management().get("/v1/acl/token/" + accessor).statusCode() == 404);
  }

  @Test
  void policiesAreReadByThoseWhoHaveThem() {
    policy("web", "namespace \"default\" { policy = \"write\" }");
    policy("ops", "node { policy = \"read\" }");
    String secret =
        token("web", "{\"Type\":\"client\",\"Policies\":[\"web\",\"gone\"]}").path("SecretID");
    management()
        .get("/v1/acl/policies?prefix=o")
        .then()
        .header("X-Nomad-Index", not(equalTo("0")))
        .body("Name", hasItem("ops"));
    with(secret).get("/v1/acl/policies").then().body("Name", contains("web"));
    with(secret).get("/v1/acl/policy/self").then().body("Name", contains("web"));
    with(secret)
        .get("/v1/acl/policy/web")
        .then()
        .body("Rules", equalTo("namespace \"default\" { policy = \"write\" }"));
    with(secret).get("/v1/acl/policy/ops").then().statusCode(403);
    management()
        .get("/v1/acl/policy/nope")
        .then()
        .statusCode(404)
        .body(equalTo("ACL policy not found"));
    with(secret).delete("/v1/acl/policy/web").then().statusCode(403);
    management().delete("/v1/acl/policy/ops").then().statusCode(200);
    management().get("/v1/acl/policy/ops").then().statusCode(404);
  }

  @Test
  void whatIsWrongWithAPolicyIsTold() {
    management()
        .body(Map.of("Name", "bad", "Rules", "namespace \"x\" { policy = \"foo\" }"))
        .put("/v1/acl/policy/bad")
        .then()
        .statusCode(400)
        .body(
            equalTo(
                "policy 0 invalid: 1 error occurred:\n\t* failed to parse rules: Invalid namespace"
                    + " policy: &acl.NamespacePolicy{Name:\"x\", Policy:\"foo\","
                    + " Capabilities:[]string(nil), Variables:(*acl.VariablesPolicy)(nil)}\n\n"));
    management().body("{\"Name\":\"b\"}").put("/v1/acl/policy/a").then().statusCode(400);
    management()
        .put("/v1/acl/policy/a")
        .then()
        .statusCode(400)
        .body(equalTo("Request body is empty"));
  }

  @Test
  void rolesGivePolicies() {
    policy("role-policy", "node { policy = \"read\" }");
    management()
        .body("{}")
        .put("/v1/acl/role")
        .then()
        .statusCode(400)
        .body(
            equalTo(
                "role 0 invalid: 2 errors occurred:\n\t* invalid name ''\n"
                    + "\t* at least one policy should be specified\n\n"));
    management()
        .body("{\"Name\":\"r1\",\"Policies\":[{\"Name\":\"nope\"}]}")
        .put("/v1/acl/role")
        .then()
        .statusCode(400)
        .body(equalTo("cannot find policy nope"));
    String id =
        management()
            .body("{\"Name\":\"r1\",\"Policies\":[{\"Name\":\"role-policy\"}]}")
            .put("/v1/acl/role")
            .path("ID");
    management().get("/v1/acl/role/name/r1").then().body("ID", equalTo(id));
    management()
        .body("{\"Name\":\"r1\",\"Policies\":[{\"Name\":\"role-policy\"}]}")
        .put("/v1/acl/role")
        .then()
        .statusCode(400)
        .body(equalTo("role with name r1 already exists"));
    String secret =
        token("by role", "{\"Type\":\"client\",\"Roles\":[{\"Name\":\"r1\"}]}").path("SecretID");
    with(secret).get("/v1/acl/roles").then().body("ID", contains(id));
    with(secret).get("/v1/acl/role/" + id).then().statusCode(200);
    with(secret).get("/v1/acl/policy/self").then().body("Name", contains("role-policy"));
    given().get("/v1/acl/role/" + id).then().statusCode(403);
    management()
        .body(
            "{\"ID\":\"%s\",\"Name\":\"r2\",\"Policies\":[{\"Name\":\"role-policy\"}]}"
                .formatted(id))
        .put("/v1/acl/role/" + id)
        .then()
        .body("Name", equalTo("r2"));
    with(secret).get("/v1/acl/token/self").then().body("Roles.Name", contains("r2"));
    management().delete("/v1/acl/role/" + id).then().statusCode(200);
    management()
        .delete("/v1/acl/role/" + id)
        .then()
        .statusCode(500)
        .body(equalTo("ACL role not found"));
    with(secret).get("/v1/acl/policies").then().body("size()", equalTo(0));
  }

  @Test
  void aOneTimeTokenGivesItsTokenOnce() {
    String secret = token("handed", "{\"Type\":\"client\",\"Policies\":[\"p\"]}").path("SecretID");
    given().put("/v1/acl/token/onetime").then().statusCode(403);
    String once =
        with(secret)
            .put("/v1/acl/token/onetime")
            .then()
            .statusCode(200)
            .body("OneTimeToken.ExpiresAt", notNullValue())
            .extract()
            .path("OneTimeToken.OneTimeSecretID");
    String body = "{\"OneTimeSecretID\":\"" + once + "\"}";
    given()
        .body(body)
        .post("/v1/acl/token/onetime/exchange")
        .then()
        .statusCode(200)
        .body("Token.SecretID", equalTo(secret));
    given().body(body).post("/v1/acl/token/onetime/exchange").then().statusCode(403);
    given().body("{}").post("/v1/acl/token/onetime/exchange").then().statusCode(500);
  }

  private static Response token(String what, String body) {
    Response made = management().body(body).put("/v1/acl/token");
    assertEquals(200, made.statusCode(), what + ": " + made.asString());
    return made;
  }

  static void policy(String name, String rules) {
    management()
        .body(Map.of("Name", name, "Rules", rules))
        .put("/v1/acl/policy/" + name)
        .then()
        .statusCode(200)
        .body(equalTo(""));
  }

  static RequestSpecification management() {
    return with(AclDatabase.FIRST_SECRET);
  }

  static RequestSpecification with(String secret) {
    return given().contentType("application/json").header("X-Nomad-Token", secret);
  }

  static void eventually(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("It did not come about");
      }
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }
}
