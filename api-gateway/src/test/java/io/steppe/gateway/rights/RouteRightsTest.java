package io.steppe.gateway.rights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.steppe.acl.Access;
import io.steppe.acl.Identity;
import io.steppe.acl.Right;
import io.steppe.gateway.Scene;
import io.steppe.gateway.acl.AclRoute;
import io.steppe.gateway.acl.MethodRoute;
import io.steppe.gateway.event.StreamRoute;
import io.steppe.gateway.http.GatewayRoutes;
import io.steppe.gateway.region.RegionResource;
import io.steppe.gateway.rights.Asked.Answer;
import io.steppe.http.route.Route;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every route of the table, asked with tokens that may one thing each. */
@QuarkusTest
@QuarkusTestResource(RegionResource.class)
@TestProfile(TestTokens.Profile.class)
class RouteRightsTest {
  private static final String MANAGEMENT = "management";
  private static final String REJECTING = "{\"RejectJobRegistration\":true}";
  private static final String JOB =
      "{\"Job\":{\"ID\":\"web\",\"Name\":\"web\",\"TaskGroups\":[{\"Name\":\"g\"}]}}";

  /** What routes need whose rights depend on what is asked for, as it is asked for here. */
  private static final Map<String, Right> DEPENDING =
      Map.of(
          "EVENTS", new Right.Node(Access.READ),
          "EVENT_RANGE", new Right.Node(Access.READ));

  /** Routes that answer everybody who is somebody, with what they may see. */
  private static final Set<String> SHOWN = Set.of("NAMESPACES", "NODE_POOLS");

  /** It speaks over a WebSocket; see {@code OpenStreamsTest}. */
  private static final Set<String> ELSEWHERE = Set.of("ALLOCATION_EXEC");

  /** Here nothing is kept of tokens, so these refuse everybody; they have tests of their own. */
  private static final Set<Class<?>> WITHOUT_STATE = Set.of(AclRoute.class, MethodRoute.class);

  private final HttpClient client = HttpClient.newHttpClient();
  private final TestTokens tokens = new TestTokens();

  @TestHTTPResource URI base;

  @Test
  void everyRouteLetsThroughWhoHasItsRightsAndNobodyElse() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (Route route : GatewayRoutes.TABLE.routes()) {
      Scene.set();
      if (ELSEWHERE.contains(route.name())
          || WITHOUT_STATE.contains(route.getClass())
          || unknownTo(route)) {
        continue;
      }
      for (String token : tokens()) {
        Answer answer = Asked.ask(client, base, route, token);
        boolean may = may(route, token);
        if (may ? answer.isDenial() : !isDenied(route, answer)) {
          wrong.add(route + " with " + (token.isEmpty() ? "no token" : token) + ": " + answer);
        }
      }
    }
    assertEquals(List.of(), wrong);
  }

  @Test
  void registrationsAreLeftToManagersWhereOperatorsWantThat() throws Exception {
    Scene.set();
    String submitter = "namespace:default:submit-job";
    assertEquals(200, put("/v1/operator/scheduler/configuration", REJECTING, MANAGEMENT).status());
    try {
      assertEquals(
          new Answer(
              403,
              "Job registration, dispatch, and scale are disabled by the scheduler configuration"),
          put("/v1/jobs", JOB, submitter));
      assertEquals(200, put("/v1/jobs", JOB, MANAGEMENT).status());
    } finally {
      put("/v1/operator/scheduler/configuration", "{}", MANAGEMENT);
    }
    assertEquals(200, put("/v1/jobs", JOB, submitter).status());
  }

  private Answer put(String path, String body, String token) throws Exception {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(base.resolve(path))
                .header("X-Nomad-Token", token)
                .PUT(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return new Answer(answer.statusCode(), answer.body());
  }

  @Test
  void aTokenThatIsNoneIsRefusedWhereOneIsLookedAt() throws Exception {
    Scene.set();
    for (Route route : GatewayRoutes.TABLE.routes()) {
      if (ELSEWHERE.contains(route.name())) {
        continue;
      }
      Answer answer = Asked.ask(client, base, route, "unknown");
      if (route.description().rights().equals(List.of(new Right.None()))) {
        assertFalse(answer.isDenial(), route + ": " + answer);
      } else {
        assertTrue(!answer.isSuccess() || isEmptyStream(route, answer), route + ": " + answer);
      }
    }
  }

  /** Of a body that is not understood, its sender is told before rights are looked at. */
  private static boolean isDenied(Route route, Answer answer) {
    return answer.isDenial()
        || isEmptyStream(route, answer)
        || answer.status() == 400 && !Asked.isWhole(route);
  }

  /** Clients of streams are used to one that ends at once. */
  private static boolean isEmptyStream(Route route, Answer answer) {
    return route == StreamRoute.EVENTS && answer.status() == 200 && answer.body().isEmpty();
  }

  private static boolean unknownTo(Route route) {
    return route.description().rights().stream().anyMatch(Right.Depends.class::isInstance)
        && !DEPENDING.containsKey(route.name())
        && !SHOWN.contains(route.name());
  }

  private boolean may(Route route, String token) {
    if (SHOWN.contains(route.name())) {
      return true;
    }
    Identity who = tokens.authenticate(token);
    Right depending = DEPENDING.get(route.name());
    List<Right> rights = depending == null ? route.description().rights() : List.of(depending);
    return rights.stream().allMatch(right -> who.may(right, "default"));
  }

  private static List<String> tokens() {
    List<String> tokens = new ArrayList<>(List.of(""));
    for (String kind : List.of("node", "agent", "operator")) {
      tokens.add(kind + ":read");
      tokens.add(kind + ":write");
    }
    for (String capability : TestTokens.CAPABILITIES) {
      tokens.add("namespace:default:" + capability);
    }
    tokens.add("namespace:other:read-job");
    tokens.add("namespace:other:submit-job");
    for (String capability : List.of("read", "write", "delete")) {
      tokens.add("pool:default:" + capability);
    }
    tokens.add(MANAGEMENT);
    return tokens;
  }
}
