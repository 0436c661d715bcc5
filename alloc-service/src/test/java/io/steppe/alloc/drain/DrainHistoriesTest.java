package io.steppe.alloc.drain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.alloc.view.Cluster;
import io.steppe.alloc.view.JobKey;
import io.steppe.proto.v1.Allocation;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever happens, and whenever two replicas look: groups keep what they are promised. */
class DrainHistoriesTest {
  private static final List<String> JOBS = List.of("alpha", "beta");

  private record Promise(int count, int maxParallel) {
    int least() {
      return Math.max(0, count - maxParallel);
    }
  }

  /** Nothing fails but what drains do: never fewer healthy ones than the migrate block says. */
  @Property(tries = 60)
  void aDrainIsNoOutage(@ForAll long seed) {
    var random = new SplittableRandom(seed);
    var cluster = new Cluster(seed);
    int nodes = random.nextInt(3, 7);
    cluster.nodes(nodes);
    var promise = new Promise(random.nextInt(1, 9), random.nextInt(1, 4));
    cluster.start(Cluster.service("alpha", promise.count(), promise.maxParallel()));
    Set<String> drained = new HashSet<>();
    for (int step = 0; step < 200 && drained.size() < nodes - 1; step++) {
      if (random.nextInt(20) == 0) {
        var node = "n" + random.nextInt(nodes - 1);
        if (drained.add(node)) {
          cluster.drain(node, Duration.ZERO, false);
        }
      }
      advance(cluster, random);
      assertTrue(healthy(cluster, "alpha") >= promise.least(), () -> "an outage with seed " + seed);
    }
    finish(cluster, random);
    drained.forEach(node -> assertEquals(List.of(), cluster.liveOn(node)));
    assertEquals(promise.count(), cluster.live().size());
  }

  /**
   * Allocations fail, never become healthy, and jobs change meanwhile: the drainer takes nothing
   * from a group that has no more than it needs, and every drain ends.
   */
  @Property(tries = 60)
  void aDrainAddsToNoOutageAndEnds(@ForAll long seed) {
    var random = new SplittableRandom(seed);
    var cluster = new Cluster(seed);
    int nodes = random.nextInt(3, 7);
    cluster.nodes(nodes);
    for (var id : JOBS) {
      cluster.start(Cluster.service(id, random.nextInt(1, 7), random.nextInt(1, 4)));
    }
    Set<String> drained = new HashSet<>();
    for (int step = 0; step < 200; step++) {
      switch (random.nextInt(14)) {
        case 0 -> {
          var node = "n" + random.nextInt(nodes - 1);
          if (drained.add(node)) {
            cluster.drain(node, Duration.ZERO, false);
          }
        }
        case 1 -> {
          var id = JOBS.get(random.nextInt(JOBS.size()));
          cluster.register(Cluster.service(id, random.nextInt(1, 7), random.nextInt(1, 4)));
        }
        case 2 -> one(cluster, random, each -> cluster.health(each, false));
        case 3 ->
            one(
                cluster,
                random,
                each -> {
                  cluster.report(each.toBuilder().setClientStatus("failed").build());
                  cluster.evaluate(JobKey.of(each));
                });
        default -> advance(cluster, random);
      }
    }
    finish(cluster, random);
    drained.forEach(
        node -> assertEquals(List.of(), cluster.liveOn(node), () -> "never ends: seed " + seed));
  }

  private static void one(
      Cluster cluster, SplittableRandom random, java.util.function.Consumer<Allocation> what) {
    var running =
        cluster.live().stream().filter(each -> each.getClientStatus().equals("running")).toList();
    if (!running.isEmpty()) {
      what.accept(running.get(random.nextInt(running.size())));
    }
  }

  private static void advance(Cluster cluster, SplittableRandom random) {
    switch (random.nextInt(6)) {
      case 0 -> cluster.run();
      case 1 -> cluster.judge();
      case 2 -> cluster.pass(Duration.ofSeconds(random.nextInt(1, 12)));
      case 3 -> cluster.schedule();
      default -> lookTwice(cluster);
    }
  }

  /** Two replicas look at every job at once; neither takes what leaves too few. */
  private static void lookTwice(Cluster cluster) {
    for (var key : cluster.view().jobs().keySet().stream().sorted().toList()) {
      long before = healthyAndNotAsked(cluster, key.id());
      Looks.look(cluster, key);
      Looks.look(cluster, key);
      long after = healthyAndNotAsked(cluster, key.id());
      var group = cluster.view().job(key).orElseThrow().getTaskGroups(0);
      long least = Math.max(0, group.getCount() - group.getMigrate().getMaxParallel());
      // Those whose time to become healthy is over are none that a drain waits for.
      long unhealthy =
          cluster.live().stream()
              .filter(each -> each.getJobId().equals(key.id()) && !asked(each))
              .filter(each -> !cluster.healthy(each) && hadItsTime(cluster, each))
              .count();
      long failed =
          cluster.view().allocationsOf(key).stream()
              .filter(each -> each.getClientStatus().equals("failed"))
              .filter(each -> each.getNextAllocation().isEmpty())
              .count();
      assertTrue(
          after == before || after + unhealthy + failed >= least,
          () -> key.id() + " has " + after + " of " + least);
    }
  }

  private static boolean hadItsTime(Cluster cluster, Allocation allocation) {
    return allocation.getDeploymentStatus().hasHealthy()
        || allocation.getCreateTime() + Duration.ofMinutes(5).toNanos() <= cluster.now();
  }

  private static boolean asked(Allocation allocation) {
    return allocation.getDesiredTransition().getMigrate();
  }

  private static long healthy(Cluster cluster, String job) {
    return cluster.live().stream()
        .filter(each -> each.getJobId().equals(job) && cluster.healthy(each))
        .count();
  }

  private static long healthyAndNotAsked(Cluster cluster, String job) {
    return cluster.live().stream()
        .filter(each -> each.getJobId().equals(job) && cluster.healthy(each) && !asked(each))
        .count();
  }

  private static boolean anyOnDraining(Cluster cluster) {
    return cluster.view().fleet().nodes().stream()
        .anyMatch(node -> node.draining() && !cluster.liveOn(node.id()).isEmpty());
  }

  /** From now on everything that is placed becomes healthy. */
  private static void finish(Cluster cluster, SplittableRandom random) {
    for (int round = 0; round < 60 && (round < 3 || anyOnDraining(cluster)); round++) {
      lookTwice(cluster);
      cluster.view().jobs().keySet().forEach(cluster::evaluate);
      cluster.schedule();
      cluster.run();
      cluster.pass(Duration.ofSeconds(random.nextInt(10, 60)));
      cluster.judge();
    }
  }
}
