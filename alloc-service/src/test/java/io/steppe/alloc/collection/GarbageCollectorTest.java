package io.steppe.alloc.collection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.alloc.evaluation.Evaluations;
import io.steppe.alloc.evaluation.Ownership;
import io.steppe.alloc.view.JobKey;
import io.steppe.alloc.view.Region;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Job;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GarbageCollectorTest {
  private static final Ages AGES =
      new Ages(Duration.ofHours(1), Duration.ofHours(24), Duration.ofHours(4));

  private final Region region = new Region();

  @AfterEach
  void close() {
    region.close();
  }

  private void collectAfter(Duration age) {
    region.pass(age);
    try (var collector =
        new GarbageCollector(
            region.ledger(), AGES, Duration.ofHours(1), Ownership.alone("r1"), region.clock())) {
      collector.collect();
    }
  }

  private JobKey put(
      Job job, String evaluationStatus, UnaryOperator<Allocation.Builder> allocation) {
    region.edit(
        edit -> {
          edit.putVersion(job, "JobRegistered");
          var evaluation =
              Evaluations.of(Region.id(), job, "job-register").toBuilder()
                  .setStatus(evaluationStatus)
                  .build();
          edit.put(evaluation, "JobRegistered");
          edit.putDesired(
              allocation
                  .apply(Region.allocation(job, "n1", evaluation.getId()).toBuilder())
                  .build(),
              "PlanResult");
          return edit;
        });
    return JobKey.of(job);
  }

  @Test
  void whatIsOverForLongIsForgotten() {
    var key =
        put(Region.job("old", "batch", 1), "complete", each -> each.setClientStatus("complete"));
    collectAfter(Duration.ofHours(3));
    assertTrue(region.view().job(key).isPresent());
    collectAfter(Duration.ofHours(2));
    var view = region.view();
    assertTrue(view.jobs().isEmpty() && view.versions(key).isEmpty());
    assertTrue(view.evaluations().isEmpty() && view.allocations().isEmpty());
  }

  @Test
  void whatLivesStays() {
    var key =
        put(Region.job("web", "service", 1), "complete", each -> each.setClientStatus("running"));
    put(Region.job("waits", "service", 1), "blocked", each -> each.setClientStatus("failed"));
    collectAfter(Duration.ofDays(30));
    assertEquals(2, region.view().jobs().size());
    assertEquals(2, region.view().evaluations().size());
    assertFalse(region.view().allocationsOf(key).isEmpty());
  }

  @Test
  void whatIsOverGoesAtOnceWhenAskedTo() {
    put(Region.job("young", "batch", 1), "complete", each -> each.setClientStatus("complete"));
    var running =
        put(Region.job("web", "service", 1), "complete", each -> each.setClientStatus("running"));
    region.pass(Duration.ofMillis(1));
    try (var collector =
        new GarbageCollector(
            region.ledger(), AGES, Duration.ofHours(1), Ownership.alone("r1"), region.clock())) {
      collector.collect();
      assertEquals(2, region.view().jobs().size());
      collector.collectAllSoon();
      region.await(view -> view.jobs().size() == 1 && view.evaluations().size() == 1);
      assertTrue(region.view().job(running).isPresent());
    }
  }

  @Test
  void endedAllocationsOfALivingServiceGo() {
    var job = Region.job("web", "service", 1);
    var key =
        put(job, "complete", each -> each.setClientStatus("complete").setDesiredStatus("stop"));
    put(job, "complete", each -> each.setClientStatus("running"));
    collectAfter(Duration.ofHours(2));
    assertEquals(1, region.view().allocationsOf(key).size());
    assertEquals(1, region.view().evaluationsOf(key).size());
  }

  @Test
  void aFailedOneThatMayBeReplacedStays() {
    var job = Region.job("web", "service", 1);
    var key = put(job, "complete", each -> each.setClientStatus("failed"));
    put(job, "complete", each -> each.setClientStatus("running"));
    collectAfter(Duration.ofHours(2));
    assertEquals(2, region.view().allocationsOf(key).size());
  }
}
