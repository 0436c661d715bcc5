package io.steppe.gateway.openapi;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.steppe.gateway.http.GatewayRoutes;
import io.steppe.gateway.region.RegionResource;
import io.steppe.http.route.Method;
import io.steppe.http.route.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The description that the gateway gives of itself, against the table of routes. */
@QuarkusTest
@QuarkusTestResource(RegionResource.class)
class OpenApiTest {
  private static final Pattern REFERENCE =
      Pattern.compile("\"\\$ref\" ?: ?\"#/components/schemas/([^\"]+)\"");
  private static final Set<String> VERBS = Set.of("get", "put", "post", "delete");

  @Test
  void describesEveryRouteAndNoOther() {
    Map<String, Set<String>> table = new TreeMap<>();
    for (Route route : GatewayRoutes.TABLE.routes()) {
      Set<Method> methods = route.description().methods();
      boolean any = methods.size() == Method.values().length;
      Set<String> verbs =
          table.computeIfAbsent(route.description().path().toString(), path -> new TreeSet<>());
      (any ? Set.of(Method.GET) : methods)
          .forEach(method -> verbs.add(method.name().toLowerCase(Locale.ROOT)));
    }
    Map<String, Set<String>> described = new TreeMap<>();
    Map<String, Map<String, Object>> paths = document().getMap("paths");
    paths.forEach(
        (path, item) -> {
          Set<String> verbs = new TreeSet<>(item.keySet());
          verbs.retainAll(VERBS);
          described.put(path, verbs);
        });
    assertEquals(table, described);
  }

  @Test
  void eachOperationSaysWhoMayAndWhatItGives() {
    List<Map<String, Object>> operations = new ArrayList<>();
    Map<String, Map<String, Map<String, Object>>> paths = document().getMap("paths");
    paths.values().forEach(item -> operations.addAll(item.values()));
    Set<Object> ids = new TreeSet<>();
    for (Map<String, Object> operation : operations) {
      Object id = operation.get("operationId");
      assertTrue(ids.add(id), () -> id + " is there once");
      assertTrue(operation.get("description").toString().startsWith("Needs "), id.toString());
      assertTrue(((Map<?, ?>) operation.get("responses")).size() > 1, id.toString());
    }
  }

  @Test
  void whatIsReferredToIsThere() {
    String text = given().get("/q/openapi?format=json").asString();
    Set<String> schemas =
        JsonPath.from(text).getMap("components.schemas").keySet().stream()
            .map(Object::toString)
            .collect(java.util.stream.Collectors.toSet());
    Matcher reference = REFERENCE.matcher(text);
    int found = 0;
    while (reference.find()) {
      found++;
      assertTrue(schemas.contains(reference.group(1)), reference.group(1));
    }
    assertTrue(found > 100, "messages refer to others");
  }

  @Test
  void schemasSayWhatTheMapperWrites() {
    JsonPath schemas = document().setRootPath("components.schemas");
    assertEquals("string", schemas.get("Node.properties.ID.type"));
    assertEquals("integer", schemas.get("Node.properties.CreateIndex.type"));
    assertEquals("object", schemas.get("Node.properties.Meta.type"));
    assertEquals(
        List.of("#/components/schemas/DrainStrategy"),
        schemas.getList("Node.properties.DrainStrategy.anyOf.$ref").stream()
            .filter(java.util.Objects::nonNull)
            .toList());
    assertEquals("date-time", schemas.get("NodeEvent.properties.Timestamp.format"));
    assertEquals("string", schemas.get("ACLToken.properties.ExpirationTTL.type"));
  }

  @Test
  void isOfVersionThreeOneAndCanBeLookedAt() {
    assertTrue(document().getString("openapi").startsWith("3.1."));
    given().get("/q/swagger-ui/").then().statusCode(200).body(containsString("swagger"));
  }

  private static JsonPath document() {
    return given().get("/q/openapi?format=json").then().statusCode(200).extract().jsonPath();
  }
}
