package io.steppe.agent.driver;

import io.steppe.agent.cgroup.Cgroups;
import io.steppe.agent.watch.FolderWatch;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/** All drivers of an agent. */
public final class Drivers {
  private Drivers() {}

  /**
   * Makes them; none looks at anything yet.
   *
   * @param node the node's id: agents on one machine keep their groups apart by it
   */
  public static List<Driver> of(
      DriverSettings settings,
      String node,
      FolderWatch watch,
      Executor executor,
      ScheduledExecutorService timer,
      InstantSource clock) {
    Cgroups cgroups =
        Cgroups.below(settings.cgroupParent() + "/" + node.substring(0, 8) + ".slice");
    cgroups.sweep();
    return List.of(
        new ProcessDriver(new RawExec(), cgroups, watch, executor, timer),
        new ProcessDriver(new Exec(settings.exec(), cgroups), cgroups, watch, executor, timer),
        new ProcessDriver(new JavaExec(settings.exec(), cgroups), cgroups, watch, executor, timer),
        new MockDriver(timer, executor, clock));
  }
}
