package io.steppe.gateway.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.http.failure.Refusal;
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
    "NODES,INVALID,failed to read,400,failed to read",
    "NODE_ELIGIBILITY,NOT_FOUND,x,500,node not found",
    "NODE_ELIGIBILITY,CONFLICT,can not toggle,500,can not toggle",
    "JOB_REGISTER,INVALID,1 error,500,1 error",
    "JOB_REGISTER,UNAVAILABLE,nobody there,500,nobody there",
    "ALLOCATION_STOP,NOT_FOUND,x,404,allocation not found",
    "ALLOCATION,DENIED,x,403,Permission denied"
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
      assertTrue(refusal.status() >= 400);
    }
  }

  @Test
  void defectsAreOurs() {
    assertEquals(500, Refusals.of(Route.NODES, new Failure(Kind.INTERNAL, "x")).status());
  }
}
