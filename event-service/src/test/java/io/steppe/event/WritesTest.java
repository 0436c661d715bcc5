package io.steppe.event;

import io.steppe.ledger.testing.Writes;
import org.junit.jupiter.api.Test;

class WritesTest {
  /** Sinks, leases and partitions are rows of event-service outside the log; an archive is all. */
  @Test
  void goThroughTheLedgerButForRowsOutsideTheLog() {
    Writes.goThroughTheLedgerBut(
        "io.steppe.event.sink.SinkStore",
        "io.steppe.event.log.Partitions",
        "io.steppe.event.member.ClusterEndpoint",
        "io.steppe.event.archive.Saving",
        "io.steppe.event.archive.Restoring",
        "io.steppe.event.archive.Schemas");
  }
}
