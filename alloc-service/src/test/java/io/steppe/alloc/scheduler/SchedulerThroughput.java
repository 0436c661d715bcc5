package io.steppe.alloc.scheduler;

import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.NetworkResource;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.Port;
import io.steppe.proto.v1.Spread;
import java.lang.management.ManagementFactory;

/**
 * Measures placements a second of CPU time on one thread, so that a busy machine says the same:
 * arguments are nodes, allocations a job, jobs.
 */
final class SchedulerThroughput {
  private SchedulerThroughput() {}

  public static void main(String[] arguments) {
    int nodes = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1_000;
    int count = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000;
    int jobs = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 10;
    System.out.printf("%d jobs of %d allocations on %d nodes%n", jobs, count, nodes);
    for (Shape shape : Shape.values()) {
      measure(shape, nodes, count, jobs);
      measure(shape, nodes, count, jobs);
    }
  }

  private enum Shape {
    PLAIN,
    PORTS,
    SPREAD
  }

  private static void measure(Shape shape, int nodes, int count, int jobs) {
    var cluster = new TestCluster();
    for (int i = 0; i < nodes; i++) {
      cluster.put(big(i));
    }
    long planning = 0;
    long placed = 0;
    for (int i = 0; i < jobs; i++) {
      Job job = cluster.register(job(shape, count).toBuilder().setId("job" + i).build());
      var evaluation = cluster.evaluation(job.getId());
      long began = cpu();
      Plan plan = cluster.plan(evaluation);
      planning += cpu() - began;
      placed += plan.placements().size();
      cluster.apply(plan);
    }
    var evaluation = cluster.evaluation("job0");
    long began = cpu();
    boolean idle = cluster.plan(evaluation).changesNothing();
    long again = cpu() - began;
    System.out.printf(
        "%-7s %,d placed in %,d ms: %,d a second; an evaluation that changes nothing: %,d µs (%s)%n",
        shape,
        placed,
        planning / 1_000_000,
        placed * 1_000_000_000L / planning,
        again / 1_000,
        idle);
  }

  /** CPU time of this thread in nanoseconds. */
  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static Node big(int number) {
    var node = TestCluster.node(number).toBuilder().putMeta("rack", "r" + number % 20);
    node.setComputedClass("v1:" + number % 20);
    node.getNodeResourcesBuilder().getCpuBuilder().setCpuShares(64_000);
    node.getNodeResourcesBuilder().getMemoryBuilder().setMemoryMb(256_000);
    return node.build();
  }

  private static Job job(Shape shape, int count) {
    return switch (shape) {
      case PLAIN -> TestCluster.job("service", count);
      case PORTS ->
          TestCluster.group(
              TestCluster.job("service", count),
              group ->
                  group.addNetworks(
                      NetworkResource.newBuilder()
                          .addDynamicPorts(Port.newBuilder().setLabel("http"))));
      case SPREAD ->
          TestCluster.group(
              TestCluster.job("service", count),
              group ->
                  group.addSpreads(
                      Spread.newBuilder().setAttribute("${meta.rack}").setWeight(100)));
    };
  }
}
