package io.steppe.alloc.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.alloc.canonical.Canonicaliser;
import io.steppe.alloc.scheduler.Statuses;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Edit;
import io.steppe.alloc.view.JobKey;
import io.steppe.alloc.view.Region;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.PostgresLedger;
import io.steppe.ledger.Tables;
import io.steppe.ledger.testing.TestDatabase;
import io.steppe.proto.v1.Job;
import io.steppe.rpc.v1.PlanReply;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two replicas on one database, both told that every job is theirs. */
class TwoReplicasTest {
  private static final String[] TABLES = {
    Tables.JOBS,
    Tables.JOB_VERSIONS,
    Tables.EVALS,
    Tables.ALLOCS,
    Tables.DEPLOYMENTS,
    Tables.POSITIONS,
    Tables.NODES
  };
  private static final int EVALUATIONS = 1_000;
  private static final int COUNT = 2;

  private final TestDatabase database = TestDatabase.start();
  private final Meeting meeting = new Meeting();
  private final AtomicLong seeds = new AtomicLong(1);
  private final List<EvaluationWorker> workers = new ArrayList<>();
  private final List<Ledger<AllocView>> ledgers = new ArrayList<>();
  private Region region;
  private Region nodes;

  @BeforeEach
  void start() {
    database.migrateTables("node", Tables.NODES, Tables.NODE_POOLS);
    database.migrate("alloc", "io/steppe/ledger/schema", "db/migration");
    nodes =
        new Region(PostgresLedger.open(database.settings("node", Tables.NODES), AllocView.empty()));
    for (int i = 0; i < 2; i++) {
      var ledger = PostgresLedger.open(database.settings("alloc", TABLES), AllocView.empty());
      ledgers.add(ledger);
      workers.add(
          new EvaluationWorker(
              meeting.with(ledger),
              new WorkerSettings(
                  8, 20, 20, Duration.ofMillis(50), Duration.ofMillis(50), Duration.ofSeconds(5)),
              Ownership.alone("r" + i),
              InstantSource.system(),
              () -> new SplittableRandom(seeds.getAndIncrement())));
    }
    region = new Region(ledgers.getFirst());
    ledgers.getLast().ready().await().atMost(Duration.ofSeconds(30));
  }

  @AfterEach
  void stop() throws Exception {
    for (var worker : workers) {
      worker.close();
    }
    ledgers.forEach(Ledger::close);
    nodes.close();
    database.close();
  }

  private List<JobKey> register(int from, int jobs) {
    return IntStream.range(from, from + jobs)
        .mapToObj(n -> Canonicaliser.canonicalise(Region.job("job" + n, "batch", COUNT)))
        .map(
            job -> {
              region.edit(edit -> registered(edit, job));
              return JobKey.of(job);
            })
        .toList();
  }

  private static Edit registered(Edit edit, Job job) {
    edit.putVersion(job, "JobRegistered");
    edit.put(
        Evaluations.of(
            Region.id(), edit.view().job(JobKey.of(job)).orElseThrow(), Evaluations.JOB_REGISTER),
        "JobRegistered");
    return edit;
  }

  private static long live(AllocView view, JobKey key) {
    return view.allocationsOf(key).stream().filter(each -> !Statuses.terminal(each)).count();
  }

  private static boolean settled(AllocView view) {
    return view.evaluations().values().stream()
        .noneMatch(each -> each.getStatus().equals("pending"));
  }

  @Test
  void whatBothDecideIsPlacedOnce() {
    // 50 nodes of 30 places are 1,500 for the 2,000 allocations that are wanted.
    IntStream.range(0, 50).forEach(n -> nodes.put(Region.node("n" + n, 3_000, 100_000)));
    long seen = nodes.latest().index();
    ledgers.forEach(ledger -> ledger.at(seen).await().atMost(Duration.ofSeconds(30)));
    workers.forEach(EvaluationWorker::start);
    var keys = register(0, EVALUATIONS);

    var full = region.await(view -> settled(view) && view.evaluations().size() >= EVALUATIONS);
    assertTrue(keys.stream().allMatch(key -> live(full, key) <= COUNT));
    assertEquals(1_500, full.allocations().size());
    full.nodes().keySet().forEach(node -> assertEquals(3_000, full.fleet().load(node).cpu()));

    IntStream.range(50, 70).forEach(n -> nodes.put(Region.node("n" + n, 3_000, 100_000)));
    var done =
        region.await(
            view ->
                view.evaluations().values().stream().noneMatch(EvaluationState::isOpen)
                    && keys.stream().allMatch(key -> live(view, key) == COUNT));
    assertEquals(EVALUATIONS * COUNT, done.allocations().size());
    assertTrue(meeting.met() >= EVALUATIONS * 9 / 10, "met only " + meeting.met() + " times");
  }

  @Test
  void aReplicaThatIsBehindDoesNoHarm() {
    IntStream.range(0, 5).forEach(n -> nodes.put(Region.node("n" + n, 3_000, 100_000)));
    long seen = nodes.latest().index();
    ledgers.forEach(ledger -> ledger.at(seen).await().atMost(Duration.ofSeconds(30)));
    workers.forEach(EvaluationWorker::start);
    var key = register(0, 1).getFirst();
    // Evaluations of one job, as fast as they can be made, while both replicas work on it.
    for (int i = 0; i < 100; i++) {
      region.commit(
          PlanReply.parser(),
          (view, index, now) -> {
            var edit = new Edit(view, index, now);
            edit.put(
                Evaluations.of(Region.id(), view.job(key).orElseThrow(), "node-update"),
                Evaluations.UPDATED);
            return edit.outcome(PlanReply.newBuilder().setIndex(index).build());
          });
    }
    var done = region.await(TwoReplicasTest::settled);
    assertEquals(COUNT, live(done, key));
    assertEquals(COUNT, done.allocations().size());
  }
}
