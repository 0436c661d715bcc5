package io.steppe.gateway.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The table of (route, kind) → (status, text). */
class RefusalsTableTest {
  @ParameterizedTest
  @CsvSource({
    "NODE,NOT_FOUND,x,404,node not found",
    "NODE_ELIGIBILITY,NOT_FOUND,x,500,node not found",
    "NODE_ELIGIBILITY,CONFLICT,can not toggle,500,can not toggle",
    "JOB_REGISTER,INVALID,1 error,500,1 error",
    "JOB_REGISTER,UNAVAILABLE,nobody there,500,nobody there",
    "ALLOCATION_STOP,NOT_FOUND,x,404,allocation not found",
    "ALLOCATION,DENIED,x,403,Permission denied",
    "FS_STREAM,NOT_FOUND,stat a: no such file,400,stat a: no such file",
    "FS_STREAM,NOT_FOUND,No path to node,404,No path to node",
    "FS_STREAM,NOT_FOUND,Unknown allocation a,404,Unknown allocation a",
    "FS_LOGS,NOT_FOUND,Unknown allocation a,404,Unknown allocation a",
    "FS_LOGS,INVALID,unknown task name,400,unknown task name",
    "FS_STAT,INVALID,Path escapes,500,Path escapes",
    "FS_CAT,NOT_FOUND,No path to node,200,No path to node"
  })
  void rowsAreAsClientsKnowThem(Route route, Kind kind, String said, int status, String told) {
    Refusal refusal = Refusals.of(route, new Failure(kind, said));
    assertEquals(status, refusal.status());
    assertEquals(told, refusal.getMessage());
  }

  @ParameterizedTest
  @EnumSource(Route.class)
  void everyRouteHasAnAnswerToEveryKind(Route route) {
    for (Kind kind : Kind.values()) {
      Refusal refusal = Refusals.of(route, new Failure(kind, "text"));
      assertTrue(refusal.status() >= 400 || route == Route.FS_CAT || route == Route.FS_READ_AT);
    }
  }

  @Test
  void defectsAreOurs() {
    assertEquals(500, Refusals.of(Route.NODES, new Failure(Kind.INTERNAL, "x")).status());
  }
}
