package io.steppe.alloc.view;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.steppe.ledger.Change;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Evaluation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The view against a plain model, under random histories. */
class AllocViewTest {
  private static final List<String> NODES = List.of("n0", "n1");

  @Provide
  Arbitrary<List<Long>> histories() {
    return Arbitraries.longs().list().ofMaxSize(60);
  }

  private static Change change(long seed, long index) {
    var random = new Random(seed);
    var number = random.nextInt(6);
    var job =
        Region.job("job" + number % 3, "service", 1).toBuilder()
            .setVersion(random.nextInt(3))
            .build();
    boolean gone = random.nextInt(4) == 0;
    return switch (random.nextInt(5)) {
      case 0 -> put(Tables.JOBS, JobKey.of(job).stored(), gone, job);
      case 1 -> put(Tables.JOB_VERSIONS, JobKey.of(job).stored(job.getVersion()), gone, job);
      case 2 ->
          put(
              Tables.EVALS,
              "e" + number,
              gone,
              Evaluation.newBuilder()
                  .setId("e" + number)
                  .setNamespace("default")
                  .setJobId("job" + number % 3)
                  .setStatus(List.of("pending", "blocked", "complete").get(random.nextInt(3)))
                  .putAllQueuedAllocations(random.nextBoolean() ? Map.of("g", index) : Map.of())
                  .setModifyIndex(index)
                  .build());
      case 3 ->
          put(
              Tables.NODES,
              NODES.get(number % 2),
              gone,
              Region.node(NODES.get(number % 2), 1000, 1000));
      default ->
          put(
              Tables.ALLOCS,
              "a" + number,
              gone,
              Region.allocation(job, NODES.get(number % 2), "e" + random.nextInt(3)).toBuilder()
                  .setId("a" + number)
                  .setAllocModifyIndex(index)
                  .setDesiredStatus(random.nextBoolean() ? "run" : "stop")
                  .setClientStatus(random.nextBoolean() ? "pending" : "running")
                  .setJobVersion(random.nextInt(2))
                  .build());
    };
  }

  private static Change put(
      String table, String key, boolean gone, com.google.protobuf.MessageLite object) {
    return gone ? Change.delete(table, key) : Change.put(table, key, object.toByteString());
  }

  @Property(tries = 300)
  void followingComesToWhatLoadingComesTo(@ForAll("histories") List<Long> seeds) {
    var view = AllocView.empty();
    Map<String, Change> rows = new LinkedHashMap<>();
    long index = 0;
    for (long seed : seeds) {
      var change = change(seed, ++index);
      view = Region.applied(view, index, List.of(change));
      rows.remove(change.table() + "/" + change.key());
      change.object().ifPresent(object -> rows.put(change.table() + "/" + change.key(), change));
    }
    var stored = new ArrayList<>(rows.values());
    Collections.shuffle(stored, new Random(index));
    var loaded = Region.applied(AllocView.empty(), 0, stored);

    assertEquals(loaded.jobTable(), view.jobTable());
    assertEquals(loaded.evaluations(), view.evaluations());
    assertEquals(loaded.allocations(), view.allocations());
    assertEquals(loaded.nodes(), view.nodes());
    assertEquals(loaded.evaluationTable().byJob(), view.evaluationTable().byJob());
    assertEvaluationsFound(view);
    assertEquals(
        index(view.allocations(), JobKey::of), sorted(view.allocationTable().byJob().ids()));
    assertEquals(
        index(view.allocations(), Allocation::getNodeId),
        sorted(view.allocationTable().byNode().ids()));
    assertEquals(
        index(view.allocations(), Allocation::getEvalId),
        sorted(view.allocationTable().byEvaluation().ids()));
    for (var job : view.allocationTable().byJob().ids().keySet()) {
      assertEquals(loaded.counts(job).groups(), view.counts(job).groups());
      assertEquals(loaded.counts(job).live(), view.counts(job).live());
      long running =
          view.allocationsOf(job).stream()
              .filter(each -> each.getClientStatus().equals("running"))
              .count();
      assertEquals(
          running,
          view.counts(job).groups().values().stream().mapToLong(group -> group.getRunning()).sum());
    }
    assertEquals(
        view.allocationTable().byJob().ids().keySet(), view.allocationTable().counts().keySet());
    for (var node : NODES) {
      long live =
          view.allocationsOn(node).stream()
              .filter(each -> each.getDesiredStatus().equals("run"))
              .count();
      assertEquals(live * 100, view.fleet().load(node).cpu());
      assertEquals(live, loaded.fleet().load(node).footprints().size());
      assertEquals(view.node(node).isPresent(), view.fleet().node(node).isPresent());
    }
  }

  private static void assertEvaluationsFound(AllocView view) {
    var byJob = view.evaluations().values().stream().collect(Collectors.groupingBy(JobKey::of));
    assertEquals(byJob.keySet(), view.evaluationTable().byJob().keySet());
    byJob.forEach(
        (job, all) -> {
          assertEquals(Set.copyOf(all), Set.copyOf(view.evaluationsOf(job)));
          assertEquals(
              all.stream()
                  .filter(one -> !one.getStatus().equals("complete"))
                  .collect(Collectors.toSet()),
              Set.copyOf(view.openEvaluationsOf(job)));
          assertEquals(
              all.stream()
                  .filter(one -> one.getQueuedAllocationsCount() > 0)
                  .max(Comparator.comparingLong(Evaluation::getModifyIndex)),
              view.countedEvaluationOf(job));
        });
  }

  private static <T, K> Map<K, Set<String>> index(Map<String, T> objects, Function<T, K> by) {
    Map<K, Set<String>> index = new TreeMap<>();
    objects.forEach(
        (id, object) -> index.computeIfAbsent(by.apply(object), key -> new TreeSet<>()).add(id));
    return index;
  }

  private static <K> Map<K, Set<String>> sorted(Map<K, ? extends Set<String>> index) {
    Map<K, Set<String>> sorted = new TreeMap<>();
    index.forEach((key, ids) -> sorted.put(key, new TreeSet<>(ids)));
    return sorted;
  }
}
