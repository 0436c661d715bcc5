package io.steppe.agent.check;

import io.steppe.agent.alloc.AllocRunner;
import io.steppe.agent.alloc.AllocWatcher;
import io.steppe.proto.v1.AllocCheckStatuses;
import io.steppe.proto.v1.Node;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** Runs the checks of the services that allocations here provide, and knows their last results. */
public final class Checks implements AllocWatcher, AutoCloseable {
  /** What checks are run with. */
  record Means(
      Prober prober,
      Executor executor,
      ScheduledExecutorService timer,
      InstantSource clock,
      DoubleSupplier random) {}

  private final Supplier<Node> node;
  private final Means means;
  private final Map<String, AllocChecks> byAllocation = new ConcurrentHashMap<>();

  /**
   * @param random in [0, 1), for spreading first looks
   */
  public Checks(
      Supplier<Node> node,
      Executor executor,
      ScheduledExecutorService timer,
      InstantSource clock,
      DoubleSupplier random) {
    this.node = node;
    this.means = new Means(new Prober(executor), executor, timer, clock, random);
  }

  @Override
  public void stands(AllocRunner runner, Standing now) {
    AllocChecks before = byAllocation.get(runner.id());
    if (now.ending()) {
      if (before != null) {
        before.stop();
        byAllocation.remove(runner.id(), before);
      }
      return;
    }
    List<CheckSpec> specs = CheckSpecs.of(runner.allocation(), runner.group(), node.get());
    if (before != null && !before.specs().equals(specs)) {
      before.stop();
      byAllocation.remove(runner.id(), before);
      before = null;
    }
    if (before == null && !specs.isEmpty()) {
      before = new AllocChecks(runner, specs, means);
      byAllocation.put(runner.id(), before);
    }
    if (before != null) {
      before.follow(now);
    }
  }

  /** The last results of an allocation's checks, by their ids; none of one that ended. */
  public AllocCheckStatuses of(String allocation) {
    AllocChecks checks = byAllocation.get(allocation);
    return checks == null ? AllocCheckStatuses.getDefaultInstance() : checks.statuses();
  }

  @Override
  public void close() {
    byAllocation.values().forEach(AllocChecks::stop);
    means.prober().close();
  }
}
