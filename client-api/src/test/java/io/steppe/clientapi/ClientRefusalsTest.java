package io.steppe.clientapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.http.failure.Refusal;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The table of (route, kind) → (status, text). */
class ClientRefusalsTest {
  @ParameterizedTest
  @CsvSource({
    "FS_STREAM,NOT_FOUND,stat a: no such file,400,stat a: no such file",
    "FS_STREAM,NOT_FOUND,No path to node,404,No path to node",
    "FS_STREAM,NOT_FOUND,Unknown allocation a,404,Unknown allocation a",
    "FS_LOGS,NOT_FOUND,Unknown allocation a,404,Unknown allocation a",
    "FS_LOGS,INVALID,unknown task name,400,unknown task name",
    "FS_STAT,INVALID,Path escapes,500,Path escapes",
    "FS_CAT,NOT_FOUND,No path to node,200,No path to node"
  })
  void rowsAreAsClientsKnowThem(
      ClientRoute route, Kind kind, String said, int status, String told) {
    Refusal refusal = ClientRefusals.of(route, new Failure(kind, said));
    assertEquals(status, refusal.status());
    assertEquals(told, refusal.getMessage());
  }

  @ParameterizedTest
  @EnumSource(ClientRoute.class)
  void everyRouteHasAnAnswerToEveryKind(ClientRoute route) {
    boolean inBody = route == ClientRoute.FS_CAT || route == ClientRoute.FS_READ_AT;
    for (Kind kind : Kind.values()) {
      int status = ClientRefusals.of(route, new Failure(kind, "text")).status();
      assertTrue(inBody ? status == 200 : status >= 400);
    }
  }
}
