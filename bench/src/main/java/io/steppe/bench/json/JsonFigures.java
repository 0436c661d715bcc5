package io.steppe.bench.json;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.Callable;

/**
 * CPU time of what {@link JsonBenchmark} measures in wall time: the figure to look at on a machine
 * that others use too. Prints the best of ten rounds in a warm JVM.
 */
public final class JsonFigures {
  private static final int ROUNDS = 10;

  /** Keeps results alive, so that the compiler can't leave their making out. */
  private static volatile Object result;

  private JsonFigures() {}

  /** Measures once. */
  public static void main(String[] args) throws Exception {
    JsonBenchmark benchmark = new JsonBenchmark();
    int nodes = benchmark.writeNodes().length;
    int job = benchmark.writeJob().length;
    figure("write 100 nodes", nodes, 1_000, benchmark::writeNodes);
    figure("write 100 nodes from a tree", nodes, 1_000, benchmark::writeNodesTree);
    figure("read 100 nodes", nodes, 1_000, benchmark::readNodes);
    figure("read 100 nodes into a tree", nodes, 1_000, benchmark::readNodesTree);
    figure("write a job", job, 50_000, benchmark::writeJob);
    figure("write a job from a tree", job, 50_000, benchmark::writeJobTree);
    figure("read a job", benchmark.jobSize(), 50_000, benchmark::readJob);
    figure("read a job into a tree", benchmark.jobSize(), 50_000, benchmark::readJobTree);
  }

  private static void figure(String name, int bytes, int times, Callable<?> action)
      throws Exception {
    double best = Double.MAX_VALUE;
    for (int i = 0; i < ROUNDS; i++) {
      best = Math.min(best, cpuMicros(times, action));
    }
    System.out.printf("%-28s %7.1f KiB %8.1f µs%n", name, bytes / 1024.0, best);
  }

  private static double cpuMicros(int times, Callable<?> action) throws Exception {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadCpuTime();
    for (int i = 0; i < times; i++) {
      result = action.call();
    }
    return (threads.getCurrentThreadCpuTime() - before) / 1e3 / times;
  }
}
