package io.steppe.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.http.failure.Refusal;
import io.steppe.http.route.Method;
import io.steppe.http.route.Route;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of routes. */
class GatewayRoutesTest {
  @ParameterizedTest
  @CsvSource({
    "NODE,NOT_FOUND,x,404,node not found",
    "NODES,INVALID,failed to read,400,failed to read",
    "NODE_ELIGIBILITY,NOT_FOUND,x,500,node not found",
    "NODE_ELIGIBILITY,CONFLICT,can not toggle,500,can not toggle",
    "JOB_REGISTER,INVALID,1 error,500,1 error",
    "JOB_REGISTER,UNAVAILABLE,nobody there,500,nobody there",
    "ALLOCATION_STOP,NOT_FOUND,x,404,allocation not found",
    "ALLOCATION,DENIED,x,403,Permission denied",
    "NODES,INTERNAL,x,500,x"
  })
  void refusalsAreAsClientsKnowThem(String route, Kind kind, String said, int status, String told) {
    Refusal refusal = named(route).refusal(new Failure(kind, said));
    assertEquals(status, refusal.status());
    assertEquals(told, refusal.getMessage());
  }

  @ParameterizedTest
  @MethodSource("routes")
  void everyRouteIsWhole(Route route) {
    assertFalse(route.description().rights().isEmpty(), "says whom it lets through");
    assertFalse(route.description().summary().isBlank(), "says what it is");
    boolean inBody = List.of("FS_CAT", "FS_READ_AT").contains(route.name());
    for (Kind kind : Kind.values()) {
      int status = route.refusal(new Failure(kind, "text")).status();
      assertTrue(inBody ? status == 200 : status >= 400);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/v1/jobs,JOBS",
    "PUT,/v1/jobs,JOB_REGISTER",
    "GET,/v1/job/a,JOB",
    "GET,/v1/job/a/b c/versions,JOB_VERSIONS",
    "GET,/v1/job/versions/versions,JOB_VERSIONS",
    "DELETE,/v1/job/a/versions,JOB_DEREGISTER",
    "GET,/v1/node/pools,NODE_POOLS",
    "GET,/v1/node/pool/a/nodes,NODE_POOL_NODES",
    "GET,/v1/node/x/allocations,NODE_ALLOCATIONS",
    "DELETE,/v1/client/fs/ls/x,FS_LIST"
  })
  void requestsFindTheirRoute(Method method, String path, String route) {
    assertEquals(named(route), GatewayRoutes.TABLE.find(method, path).orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({"GET,/v1/nope", "GET,/v1/node/x/nope/more", "POST,/v1/nodes", "GET,/v1/jobs/"})
  void whatIsNowhereHasNone(Method method, String path) {
    assertTrue(GatewayRoutes.TABLE.find(method, path).isEmpty());
  }

  @Test
  void pathsAreShownAsDocumentsWriteThem() {
    assertEquals(
        "/v1/job/{job_id}/versions", named("JOB_VERSIONS").description().path().toString());
    assertEquals(List.of("job_id"), named("JOB_VERSIONS").description().path().names());
  }

  private static List<Route> routes() {
    return GatewayRoutes.TABLE.routes();
  }

  private static Route named(String name) {
    return routes().stream().filter(route -> route.name().equals(name)).findFirst().orElseThrow();
  }
}
