package io.steppe.gateway.acl;

import static io.restassured.RestAssured.given;
import static io.steppe.gateway.acl.AclTest.management;
import static io.steppe.gateway.acl.AclTest.policy;
import static io.steppe.gateway.acl.AclTest.with;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.TestResourceScope;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.steppe.gateway.region.RegionResource;
import io.steppe.http.query.Query;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Logins as clients see them, at a provider beside. */
@QuarkusTest
@QuarkusTestResource(RegionResource.class)
@WithTestResource(value = AclDatabase.class, scope = TestResourceScope.MATCHING_RESOURCES)
class LoginTest {
  private static final String REDIRECT = "http://localhost:4649/oidc/callback";

  private IdentityProvider provider;

  @BeforeEach
  void begin() throws Exception {
    provider = new IdentityProvider();
    AclTest.bootstrapped();
    policy("eng-read", "namespace \"default\" { policy = \"read\" }");
    policy("team-ops", "node { policy = \"read\" }");
    management()
        .body("{\"Name\":\"eng-role\",\"Policies\":[{\"Name\":\"eng-read\"}]}")
        .put("/v1/acl/role");
  }

  @AfterEach
  void end() {
    provider.close();
  }

  @Test
  void aSignedTokenGivesWhatTheRulesBindItTo() {
    jwt("by-keys", "JWKSURL", provider.url() + "/keys", "eng in list.groups");
    ValidatableResponse made =
        login("by-keys", provider.sign("alice", List.of("eng", "x"), Duration.ofMinutes(5)))
            .then()
            .statusCode(200)
            .body("Name", equalTo("JWT-by-keys"))
            .body("Type", equalTo("client"))
            .body("Roles.Name", contains("eng-role"))
            .body("ExpirationTTL", equalTo("1h0m0s"))
            .body("ExpirationTime", notNullValue());
    with(made.extract().path("SecretID"))
        .get("/v1/acl/policies")
        .then()
        .body("Name", contains("eng-read"));
    login("by-keys", provider.sign("bob", List.of("x"), Duration.ofMinutes(5)))
        .then()
        .statusCode(400)
        .body(equalTo("no role or policy bindings matched"));
  }

  @Test
  void tokensThatAreNotGoodAreRefused() throws Exception {
    jwt("strict", "JWKSURL", provider.url() + "/keys", "");
    refused("a.b.c");
    refused(provider.sign("alice", List.of(), Duration.ofMinutes(-10)));
    refused(
        provider.sign(
            provider.claims("alice", List.of(), Duration.ofMinutes(5)).audience("other").build()));
    refused(
        provider.sign(
            provider.claims("alice", List.of(), Duration.ofMinutes(5)).issuer("other").build()));
    try (IdentityProvider other = new IdentityProvider()) {
      refused(other.sign(provider.claims("alice", List.of(), Duration.ofMinutes(5)).build()));
    }
    login("strict", provider.sign("alice", List.of(), Duration.ofMinutes(5)))
        .then()
        .statusCode(200);
  }

  private void refused(String token) {
    login("strict", token)
        .then()
        .statusCode(401)
        .body(containsString("unable to validate provided token: "));
  }

  @Test
  void aKeyThatWasPastedIsEnough() throws Exception {
    management()
        .body(method("pasted", Map.of("JWTValidationPubKeys", List.of(provider.pem()))))
        .put("/v1/acl/auth-method")
        .then()
        .statusCode(200);
    rule("pasted", "value.unit == platform", "policy", "team-${value.team}");
    rule("pasted", "", "policy", "eng-read");
    login(
            "pasted",
            provider.sign(
                provider
                    .claims("alice", List.of(), Duration.ofMinutes(5))
                    .claim("team", "ops")
                    .build()))
        .then()
        .statusCode(200)
        .body("Policies", contains("eng-read", "team-ops"));
  }

  @Test
  void somebodyLogsInAtTheProvider() {
    management()
        .body(
            Map.of(
                "Name", "sso",
                "Type", "OIDC",
                "TokenLocality", "global",
                "MaxTokenTTL", "30m",
                "TokenNameFormat", "${auth_method_name}/${value.user}",
                "Config",
                    Map.of(
                        "OIDCDiscoveryURL", provider.url(),
                        "OIDCClientID", IdentityProvider.CLIENT,
                        "OIDCClientSecret", IdentityProvider.SECRET,
                        "OIDCEnablePKCE", true,
                        "OIDCScopes", List.of("groups"),
                        "AllowedRedirectURIs", List.of(REDIRECT),
                        "ClaimMappings", Map.of("sub", "user", "team", "team"),
                        "ListClaimMappings", Map.of("groups", "groups"))))
        .put("/v1/acl/auth-method")
        .then()
        .statusCode(200)
        .body("Config.OIDCClientSecret", equalTo("redacted"));
    management()
        .get("/v1/acl/auth-method/sso")
        .then()
        .body("Config.OIDCClientSecret", equalTo("redacted"))
        .body(not(containsString(IdentityProvider.SECRET)));
    rule("sso", "eng in list.groups", "role", "eng-role");
    rule("sso", "", "policy", "team-${value.team}");
    String url = authUrl("http://evil.example/", 400);
    assertEquals("redirect URI is not among the AllowedRedirectURIs", url);
    url = authUrl(REDIRECT, 200);
    Query query = Query.parse(URI.create(url).getRawQuery());
    assertEquals("openid groups", query.text("scope"));
    String code = provider.login(url);
    complete("forged", code, "nonce").then().statusCode(401);
    complete(query.text("state"), code, "other nonce").then().statusCode(401);
    complete(query.text("state"), code, "nonce")
        .then()
        .statusCode(200)
        .body("Name", equalTo("sso/alice"))
        .body("Global", equalTo(true))
        .body("Roles.Name", contains("eng-role"))
        .body("Policies", contains("team-ops"));
    complete(query.text("state"), code, "nonce").then().statusCode(500);
  }

  @Test
  void newKeysOfAProviderAreFound() throws Exception {
    jwt("rotating", "OIDCDiscoveryURL", provider.url(), "");
    String before = provider.sign("alice", List.of(), Duration.ofMinutes(5));
    login("rotating", before).then().statusCode(200);
    provider.rotate("two");
    String token = provider.sign("alice", List.of(), Duration.ofMinutes(5));
    AclTest.eventually(() -> login("rotating", token).statusCode() == 200);
  }

  @Test
  void methodsAndRulesAreKept() {
    management()
        .body("{}")
        .put("/v1/acl/auth-method")
        .then()
        .statusCode(400)
        .body(containsString("invalid config: missing auth method Config"));
    jwt("kept", "JWKSURL", provider.url() + "/keys", "a in list.groups");
    given().get("/v1/acl/auth-methods").then().statusCode(200).body("Name", hasItem("kept"));
    management()
        .body("{\"Name\":\"kept\",\"MaxTokenTTL\":\"2h\"}")
        .put("/v1/acl/auth-method/kept")
        .then()
        .body("MaxTokenTTL", equalTo("2h0m0s"))
        .body("Config.JWKSURL", equalTo(provider.url() + "/keys"));
    String id = management().get("/v1/acl/binding-rules").path("find{it.AuthMethod=='kept'}.ID");
    management()
        .body("{\"Description\":\"new\"}")
        .put("/v1/acl/binding-rule/" + id)
        .then()
        .statusCode(200)
        .body("Description", equalTo("new"))
        .body("Selector", equalTo("a in list.groups"));
    management()
        .body(
            "{\"AuthMethod\":\"kept\",\"BindType\":\"role\",\"BindName\":\"r\",\"Selector\":\"x ==\"}")
        .put("/v1/acl/binding-rule")
        .then()
        .statusCode(400)
        .body(containsString("selector is invalid: 1:5 (4): no match found"));
    management().delete("/v1/acl/binding-rule/" + id).then().statusCode(200);
    management().get("/v1/acl/binding-rule/" + id).then().statusCode(404);
    management().delete("/v1/acl/auth-method/kept").then().statusCode(200);
    management().get("/v1/acl/auth-method/kept").then().statusCode(404);
    given().get("/v1/acl/binding-rules").then().statusCode(403);
    login("kept", "x").then().statusCode(400).body(equalTo("auth-method \"kept\" not found"));
  }

  private void jwt(String name, String source, String value, String selector) {
    management()
        .body(method(name, Map.of(source, value)))
        .put("/v1/acl/auth-method")
        .then()
        .statusCode(200);
    rule(name, selector, "role", "eng-role");
  }

  private Map<String, Object> method(String name, Map<String, Object> source) {
    Map<String, Object> config = new HashMap<>(source);
    config.put("BoundAudiences", List.of(IdentityProvider.CLIENT));
    config.put("BoundIssuer", List.of(provider.url()));
    config.put("ClaimMappings", Map.of("/org/unit", "unit", "team", "team"));
    config.put("ListClaimMappings", Map.of("groups", "groups"));
    return Map.of(
        "Name", name,
        "Type", "JWT",
        "TokenLocality", "local",
        "MaxTokenTTL", "1h",
        "Config", config);
  }

  private static void rule(String method, String selector, String type, String name) {
    management()
        .body(
            Map.of("AuthMethod", method, "Selector", selector, "BindType", type, "BindName", name))
        .put("/v1/acl/binding-rule")
        .then()
        .statusCode(200);
  }

  private static Response login(String method, String token) {
    return given()
        .body("{\"AuthMethodName\":\"%s\",\"LoginToken\":\"%s\"}".formatted(method, token))
        .put("/v1/acl/login");
  }

  private static String authUrl(String redirect, int status) {
    Response response =
        given()
            .body(
                "{\"AuthMethodName\":\"sso\",\"RedirectURI\":\"%s\",\"ClientNonce\":\"nonce\"}"
                    .formatted(redirect))
            .put("/v1/acl/oidc/auth-url");
    assertEquals(status, response.statusCode(), response.asString());
    return status == 200 ? response.path("AuthURL") : response.asString();
  }

  private static Response complete(String state, String code, String nonce) {
    return given()
        .body(
            ("{\"AuthMethodName\":\"sso\",\"RedirectURI\":\"%s\",\"ClientNonce\":\"%s\","
                    + "\"State\":\"%s\",\"Code\":\"%s\"}")
                .formatted(REDIRECT, nonce, state, code))
        .put("/v1/acl/oidc/complete-auth");
  }
}
