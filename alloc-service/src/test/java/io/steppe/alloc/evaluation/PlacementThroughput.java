package io.steppe.alloc.evaluation;

import io.steppe.alloc.canonical.Canonicaliser;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Edit;
import io.steppe.alloc.view.JobKey;
import io.steppe.alloc.view.Region;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.PostgresLedger;
import io.steppe.ledger.Tables;
import io.steppe.ledger.testing.TestDatabase;
import io.steppe.rpc.v1.PlanReply;
import java.time.InstantSource;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * Placements a second from registration to the log: scheduler, plan, PostgreSQL with fsync, views.
 * Arguments: nodes, jobs, allocations a job.
 */
final class PlacementThroughput {
  private static final String[] TABLES = {
    Tables.JOBS,
    Tables.JOB_VERSIONS,
    Tables.EVALS,
    Tables.ALLOCS,
    Tables.DEPLOYMENTS,
    Tables.POSITIONS,
    Tables.NODES
  };

  private PlacementThroughput() {}

  public static void main(String[] arguments) throws Exception {
    int nodes = Integer.parseInt(arguments[0]);
    int jobs = Integer.parseInt(arguments[1]);
    int count = Integer.parseInt(arguments[2]);
    try (var database = TestDatabase.start(true)) {
      database.migrateTables("node", Tables.NODES, Tables.NODE_POOLS);
      database.migrate("alloc", "io/steppe/ledger/schema", "db/migration");
      try (var put =
          new Region(
              PostgresLedger.open(database.settings("node", Tables.NODES), AllocView.empty()))) {
        IntStream.range(0, nodes)
            .parallel()
            .forEach(n -> put.put(Region.node("n" + n, 4_000, 16_000)));
      }
      try (Ledger<AllocView> ledger =
          PostgresLedger.open(database.settings("alloc", TABLES), AllocView.empty())) {
        measure(new Region(ledger), nodes, jobs, count);
      }
    }
    // Vert.x leaves threads behind that would keep the process.
    System.exit(0);
  }

  private static void measure(Region region, int nodes, int jobs, int count) throws Exception {
    region.await(view -> view.nodes().size() == nodes);
    var worker =
        new EvaluationWorker(
            region.ledger(),
            WorkerSettings.defaults(),
            Ownership.alone("r1"),
            InstantSource.system(),
            () -> new SplittableRandom(ThreadLocalRandom.current().nextLong()));
    worker.start();
    for (int round = 1; round <= 3; round++) {
      long before = region.view().allocations().size();
      long start = System.nanoTime();
      register(region, "round" + round + "-", jobs, count);
      long registered = System.nanoTime();
      region.await(view -> view.allocations().size() >= before + (long) jobs * count);
      long placed = System.nanoTime();
      System.out.printf(
          Locale.ROOT,
          "%d jobs of %d on %d nodes: registered in %.2f s, placed in %.2f s, %.0f placements/s%n",
          jobs,
          count,
          nodes,
          (registered - start) / 1e9,
          (placed - start) / 1e9,
          jobs * count / ((placed - start) / 1e9));
    }
    worker.close();
  }

  private static void register(Region region, String prefix, int jobs, int count)
      throws InterruptedException {
    var all = new CountDownLatch(jobs);
    for (int n = 0; n < jobs; n++) {
      var job = Canonicaliser.canonicalise(Region.job(prefix + n, "batch", count));
      region
          .ledger()
          .commit(
              "",
              PlanReply.parser(),
              (view, index, now) -> {
                var edit = new Edit(view, index, now);
                edit.putVersion(job, "JobRegistered");
                var stored = edit.view().job(JobKey.of(job)).orElseThrow();
                edit.put(
                    Evaluations.of(Region.id(), stored, Evaluations.JOB_REGISTER), "JobRegistered");
                return edit.outcome(PlanReply.newBuilder().setIndex(index).build());
              })
          .subscribe()
          .with(reply -> all.countDown(), failure -> all.countDown());
    }
    all.await();
  }
}
