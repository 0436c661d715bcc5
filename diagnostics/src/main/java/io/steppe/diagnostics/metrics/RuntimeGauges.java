package io.steppe.diagnostics.metrics;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What the virtual machine of this process uses. */
public final class RuntimeGauges {
  private RuntimeGauges() {}

  /** As it is now. */
  public static List<Gauge> now() {
    List<Gauge> gauges = new ArrayList<>();
    MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
    gauges.add(Gauge.of("nomad.runtime.alloc_bytes", heap.getUsed()));
    gauges.add(Gauge.of("nomad.runtime.sys_bytes", heap.getCommitted()));
    gauges.add(Gauge.of("steppe.runtime.heap_max_bytes", heap.getMax()));
    gauges.add(
        Gauge.of("steppe.runtime.threads", ManagementFactory.getThreadMXBean().getThreadCount()));
    long runs = 0;
    long millis = 0;
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      runs += Math.max(0, collector.getCollectionCount());
      millis += Math.max(0, collector.getCollectionTime());
    }
    gauges.add(Gauge.of("nomad.runtime.total_gc_runs", runs));
    gauges.add(Gauge.of("nomad.runtime.total_gc_pause_ns", Duration.ofMillis(millis).toNanos()));
    gauges.add(
        Gauge.of(
            "steppe.runtime.uptime_seconds",
            ManagementFactory.getRuntimeMXBean().getUptime() / 1000.0));
    return gauges;
  }
}
