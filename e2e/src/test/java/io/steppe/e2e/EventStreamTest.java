package io.steppe.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The event stream gives the whole history of a job, in order, to whoever asks and however often.
 */
@OnSharedCluster
class EventStreamTest {

  @Test
  void replaysTheWholeHistoryOfAJobInOrder(LocalCluster cluster) throws Exception {
    Api api = cluster.api();
    api.register(Api.shellJob("history", "batch", 2, "echo done"));
    Wait.until(
        Duration.ofSeconds(30),
        "the job is dead",
        () -> api.get("/v1/job/history"),
        j -> j.path("Status").asText().equals("dead"));
    api.stopJob("history");
    long last = api.get("/v1/job/history").path("ModifyIndex").asLong();

    Events all = Events.until(api, "topic=*&index=1", last).requireOrder();
    List<String> job = all.types("Job", "history");
    assertEquals("JobRegistered", job.getFirst());
    assertTrue(job.contains("JobDeregistered"), job.toString());
    assertTrue(all.types("Evaluation", "history").contains("JobRegistered"));
    List<String> allocations = all.types("Allocation", "history");
    assertEquals("PlanResult", allocations.getFirst());
    assertTrue(allocations.contains("AllocationUpdated"), allocations.toString());

    assertEquals(all, Events.until(api, "topic=*&index=1", last), "the same when asked again");
    JsonNode first = all.lines().getFirst();
    Events later = Events.until(api, "topic=*&index=" + (first.path("Index").asLong() + 1), last);
    assertEquals(
        all.lines().subList(1, all.lines().size()),
        later.lines(),
        "an index skips what lies before it");

    // Nothing of the job's own comes after its end.
    long end = all.indexOf("JobDeregistered", "history");
    Events onlyJob = Events.until(api, "topic=Job:history&index=1", end);
    assertFalse(onlyJob.types("Job", "history").isEmpty());
    for (JsonNode line : onlyJob.requireOrder().lines()) {
      for (JsonNode event : line.path("Events")) {
        assertEquals("history", event.path("Key").asText());
        assertEquals("Job", event.path("Topic").asText());
      }
    }
  }
}
