package io.steppe.alloc.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.alloc.view.JobKey;
import io.steppe.proto.v1.Evaluation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class EvaluationQueueTest {
  private final EvaluationQueue queue = new EvaluationQueue();

  private static Evaluation of(String job, long index, long priority) {
    return Evaluation.newBuilder()
        .setId(job + "-" + index)
        .setNamespace("default")
        .setJobId(job)
        .setPriority(priority)
        .setCreateIndex(index)
        .build();
  }

  private String next() throws InterruptedException {
    return queue.take(() -> true).map(Evaluation::getId).orElse("closed");
  }

  @Test
  void priorityThenAgeOfJobsAndTheNewestOfEach() throws InterruptedException {
    queue.offer(of("low", 1, 10));
    queue.offer(of("old", 2, 50));
    queue.offer(of("young", 3, 50));
    queue.offer(of("old", 4, 50));
    assertEquals(List.of("old-4", "young-3", "low-1"), List.of(next(), next(), next()));
  }

  @Test
  void aJobRanksByWhatStillWaits() throws InterruptedException {
    queue.offer(of("gone", 1, 90));
    queue.offer(of("gone", 2, 10));
    queue.offer(of("lowered", 3, 80));
    queue.offer(of("lowered", 3, 20));
    queue.offer(of("raised", 4, 30));
    queue.offer(of("raised", 5, 40));
    queue.remove(of("raised", 5, 40));
    queue.offer(of("raised", 4, 60));
    queue.offer(of("plain", 6, 50));
    queue.remove(of("gone", 1, 90));
    assertEquals(
        List.of("raised-4", "plain-6", "lowered-3", "gone-2"),
        List.of(next(), next(), next(), next()));
  }

  @Test
  void aJobGivesOneAtATime() throws InterruptedException {
    queue.offer(of("a", 1, 50));
    queue.offer(of("a", 2, 50));
    queue.offer(of("b", 3, 50));
    assertEquals("a-2", next());
    assertEquals("b-3", next());
    queue.done(new JobKey("default", "a"));
    assertEquals("a-1", next());
  }

  @Test
  void aClosedQueueGivesNothing() throws InterruptedException {
    queue.offer(of("a", 1, 50));
    queue.close();
    assertEquals("closed", next());
  }

  @Provide
  Arbitrary<List<Integer>> moves() {
    return Arbitraries.integers().between(0, 999).list().ofMaxSize(60);
  }

  @Property(tries = 200)
  void nothingIsLostAndNoJobIsTakenTwiceAtATime(@ForAll("moves") List<Integer> moves)
      throws InterruptedException {
    var own = new EvaluationQueue();
    Map<String, Evaluation> waiting = new HashMap<>();
    var busy = new HashSet<JobKey>();
    var taken = new ArrayList<Evaluation>();
    long index = 1;
    for (int move : moves) {
      var job = "job" + move % 4;
      if (move % 3 == 0) {
        var evaluation = of(job, index++, move % 7);
        own.offer(evaluation);
        waiting.put(evaluation.getId(), evaluation);
      } else if (move % 3 == 1
          && waiting.values().stream().anyMatch(each -> !busy.contains(JobKey.of(each)))) {
        var evaluation = own.take(() -> true).orElseThrow();
        assertTrue(waiting.remove(evaluation.getId()) != null);
        assertTrue(busy.add(JobKey.of(evaluation)));
        taken.add(evaluation);
      } else if (!taken.isEmpty()) {
        var done = JobKey.of(taken.removeFirst());
        busy.remove(done);
        own.done(done);
      }
    }
    busy.forEach(own::done);
    while (!waiting.isEmpty()) {
      var evaluation = own.take(() -> true).orElseThrow();
      assertTrue(waiting.remove(evaluation.getId()) != null);
      own.done(JobKey.of(evaluation));
    }
  }
}
