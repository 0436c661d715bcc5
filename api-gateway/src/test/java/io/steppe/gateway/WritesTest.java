package io.steppe.gateway;

import io.steppe.ledger.testing.Writes;
import org.junit.jupiter.api.Test;

class WritesTest {
  @Test
  void goThroughTheLedger() {
    Writes.goThroughTheLedgerBut();
  }
}
