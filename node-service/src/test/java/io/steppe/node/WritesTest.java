package io.steppe.node;

import io.steppe.ledger.testing.Writes;
import org.junit.jupiter.api.Test;

class WritesTest {
  /** Sessions of agents are rows outside the log. */
  @Test
  void goThroughTheLedgerButForSessions() {
    Writes.goThroughTheLedgerBut("io.steppe.node.session.PostgresSessionRows");
  }
}
