package io.steppe.alloc.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.alloc.view.JobKey;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OwnershipTest {
  private static final List<JobKey> JOBS =
      IntStream.range(0, 3_000).mapToObj(n -> new JobKey("default", "job-" + n)).toList();

  private static List<String> owners(JobKey job, List<String> members) {
    return members.stream().filter(member -> new Ownership(member, members).owns(job)).toList();
  }

  @Test
  void everyJobHasOneOwnerAndEachReplicaItsShare() {
    var members = List.of("alloc-service-0", "alloc-service-1", "alloc-service-2");
    JOBS.forEach(job -> assertEquals(1, owners(job, members).size()));
    for (var member : members) {
      long share = JOBS.stream().filter(job -> new Ownership(member, members).owns(job)).count();
      assertTrue(share > 800 && share < 1_200, member + " owns " + share);
    }
  }

  @Test
  void aReplicaThatLeavesMovesOnlyItsOwnJobs() {
    var before = List.of("a", "b", "c");
    var after = List.of("a", "c");
    for (var job : JOBS) {
      var owner = owners(job, before).getFirst();
      if (!owner.equals("b")) {
        assertEquals(owner, owners(job, after).getFirst());
      }
    }
  }

  @Test
  void withNobodyKnownEveryReplicaWorks() {
    assertTrue(new Ownership("a", List.of()).owns(JOBS.getFirst()));
  }
}
