package io.steppe.query;

import io.steppe.proto.v1.DriverInfo;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.v1.ReadOptions;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures what filters cost in CPU time of one thread, so that a busy machine says the same: the
 * argument is the number of nodes.
 */
final class FilterFigures {
  private static final int WARM_UP = 30;
  private static final int ROUNDS = 30;
  private static final List<String> FILTERS =
      List.of(
          "",
          "Status == ready",
          "Status == ready and Meta.rack == r7 and \"/Attributes/os.name\" == ubuntu",
          "Name matches \"^node-[0-9]+5$\"",
          "(any Drivers as _, d { d.Healthy == true }) and Status != down");

  private FilterFigures() {}

  public static void main(String[] arguments) {
    int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 10_000;
    List<Node> nodes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      nodes.add(node(i));
    }
    for (String filter : FILTERS) {
      measure(nodes, filter);
    }
  }

  private static void measure(List<Node> nodes, String filter) {
    Order<Node> order = Order.by(Node::getId);
    ReadOptions options = ReadOptions.newBuilder().setFilter(filter).build();
    long spent = 0;
    int found = 0;
    for (int i = 0; i < WARM_UP + ROUNDS; i++) {
      long began = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      found = Listing.of(options).page(nodes, order).objects().size();
      if (i >= WARM_UP) {
        spent += ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - began;
      }
    }
    System.out.printf(
        "%,6.2f ms for %,d nodes, %,d found: %s%n",
        spent / 1e6 / ROUNDS, nodes.size(), found, filter);
  }

  private static Node node(int number) {
    Node.Builder node =
        Node.newBuilder()
            .setId("%08x-0000-4000-8000-000000000000".formatted(number))
            .setName("node-" + number)
            .setStatus(number % 10 == 0 ? "down" : "ready")
            .putMeta("rack", "r" + number % 20)
            .putAttributes("os.name", "ubuntu");
    for (String driver : List.of("exec", "docker", "java")) {
      node.putDrivers(
          driver, DriverInfo.newBuilder().setDetected(true).setHealthy(number % 3 == 0).build());
    }
    return node.build();
  }
}
