package io.steppe.agent.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steppe.agent.alloc.AllocRunner;
import io.steppe.agent.boot.Agent;
import io.steppe.agent.boot.ControlPlane;
import io.steppe.agent.boot.Eventually;
import io.steppe.agent.boot.Jobs;
import io.steppe.agent.boot.TestAgent;
import io.steppe.agent.driver.RunningTask;
import io.steppe.proto.v1.AllocResourceUsage;
import io.steppe.proto.v1.AllocatedCpuResources;
import io.steppe.proto.v1.AllocatedTaskResources;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.CpuStats;
import io.steppe.proto.v1.MemoryStats;
import io.steppe.proto.v1.ResourceUsage;
import io.steppe.proto.v1.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a task uses is what the kernel says it uses. */
class AllocUsageTest {
  private static final String ONE_BUSY = "while :; do :; done";
  private static final String TWO_BUSY = "while :; do :; done & while :; do :; done";
  private static final String HOLDS_64_MIB =
      "{ head -c 67108864 /dev/zero; exec sleep 1000; } | tail";
  private static final long CLOCK_TICK_NANOS = 10_000_000;

  @TempDir Path data;

  private ControlPlane control;
  private Agent agent;

  @BeforeEach
  void begin() throws Exception {
    control = new ControlPlane(0);
    agent = TestAgent.start(data, control.port());
    control.awaitRegistrations(1);
  }

  @AfterEach
  void end() throws Exception {
    agent.allocations().interruptAll(Duration.ofSeconds(10));
    agent.close();
    control.close();
  }

  @Test
  void processorTimeOfAProcessTreeIsTheKernels() throws Exception {
    AllocRunner runner = run(Jobs.shell("raw_exec", "work", TWO_BUSY, "\"no_cgroups\":true"));
    List<Long> pids = processes(runner, 2);
    CpuStats cpu = compare(runner, () -> ticks(pids) * CLOCK_TICK_NANOS);
    assertEquals(List.of("System Mode", "User Mode", "Percent"), cpu.getMeasuredList());
  }

  @Test
  void processorTimeOfAGroupIsTheKernels() throws Exception {
    assumeTrue(grouped(), "skipped: no control groups here");
    AllocRunner runner = run(Jobs.shell("raw_exec", "work", ONE_BUSY, ""));
    Path group = group(runner, "cpuacct");
    CpuStats cpu = compare(runner, () -> nanos(group));
    assertTrue(cpu.getMeasuredList().contains("Throttled Time"), cpu.toString());
  }

  @Test
  void aHardLimitIsKeptAndThrottlingTold() throws Exception {
    assumeTrue(agent.node().getDriversOrThrow("exec").getDetected(), "skipped: no exec here");
    double fifth = agent.node().getNodeResources().getCpu().getCpuShares() / 5.0;
    double processors = agent.node().getNodeResources().getCpu().getTotalCpuCores();
    Allocation.Builder allocation =
        Jobs.allocation("batch", Jobs.shell("exec", "work", TWO_BUSY, "\"cpu_hard_limit\":true"));
    allocation
        .getAllocatedResourcesBuilder()
        .putTasks(
            "work",
            AllocatedTaskResources.newBuilder()
                .setCpu(
                    AllocatedCpuResources.newBuilder().setCpuShares((long) (fifth / processors)))
                .build());
    AllocRunner runner = run(allocation.build());
    Path group = group(runner, "cpuacct");
    CpuStats cpu = compare(runner, () -> nanos(group));
    assertTrue(cpu.getPercent() < 22, cpu.toString());
    assertTrue(cpu.getThrottledPeriods() > 0 && cpu.getThrottledTime() > 0, cpu.toString());
  }

  @Test
  void memoryOfAProcessTreeIsTheKernels() throws Exception {
    AllocRunner runner = run(Jobs.shell("raw_exec", "work", HOLDS_64_MIB, "\"no_cgroups\":true"));
    var usage = usage(runner);
    MemoryStats memory = usage.getResourceUsage().getMemoryStats();
    long kernel = 0;
    for (String pid : usage.getTasksOrThrow("work").getPidsMap().keySet()) {
      kernel += number(Path.of("/proc", pid, "status"), "VmRSS:") << 10;
    }
    close(kernel, memory.getRss());
    assertTrue(memory.getRss() > 64 << 20, memory.toString());
    assertEquals(List.of("RSS", "Swap"), memory.getMeasuredList());
  }

  @Test
  void memoryOfAGroupIsTheKernels() throws Exception {
    assumeTrue(grouped(), "skipped: no control groups here");
    AllocRunner runner = run(Jobs.shell("raw_exec", "work", HOLDS_64_MIB, ""));
    var usage = usage(runner);
    MemoryStats memory = usage.getResourceUsage().getMemoryStats();
    close(64 << 20, memory.getRss());
    Path group = group(runner, "memory");
    Path level =
        Stream.of("memory.usage_in_bytes", "memory.current")
            .map(group::resolve)
            .filter(Files::exists)
            .findFirst()
            .orElseThrow();
    close(Long.parseLong(Files.readString(level).strip()), memory.getUsage());
    assertTrue(memory.getMaxUsage() >= memory.getUsage(), memory.toString());
  }

  @Test
  void anAllocationIsTheSumOfItsTasks() throws Exception {
    AllocRunner runner =
        run(
            Jobs.allocation("batch", Jobs.shell("one", ONE_BUSY), Jobs.shell("two", HOLDS_64_MIB))
                .build());
    Eventually.holds("both run", () -> runner.running().get().size() == 2);
    var usage = new AllocUsage(InstantSource.system(), 2_000).of(runner, "");
    ResourceUsage one = usage.getTasksOrThrow("one").getResourceUsage();
    ResourceUsage two = usage.getTasksOrThrow("two").getResourceUsage();
    assertEquals(
        one.getMemoryStats().getRss() + two.getMemoryStats().getRss(),
        usage.getResourceUsage().getMemoryStats().getRss());
    double percent = usage.getResourceUsage().getCpuStats().getPercent();
    assertEquals(one.getCpuStats().getPercent() + two.getCpuStats().getPercent(), percent, 0.001);
    assertEquals(percent * 20, usage.getResourceUsage().getCpuStats().getTotalTicks(), 0.001);
    assertEquals("[]", usage.getResourceUsage().getDeviceStats().toStringUtf8());
  }

  private interface Kernel {
    long nanos() throws IOException;
  }

  /** Lets the task use half a second of a processor between two looks; compares with the kernel. */
  private CpuStats compare(AllocRunner runner, Kernel kernel) throws Exception {
    AllocUsage usages = new AllocUsage(InstantSource.system(), 2_000);
    usages.of(runner, "");
    long since = System.nanoTime();
    long before = kernel.nanos();
    Eventually.holds(
        "the task uses its processor",
        () -> kernel.nanos() - before > 500_000_000 && System.nanoTime() - since > 1_000_000_000);
    CpuStats cpu = usages.of(runner, "").getResourceUsage().getCpuStats();
    double expected = 100.0 * (kernel.nanos() - before) / (System.nanoTime() - since);
    assertEquals(expected, cpu.getPercent(), expected / 10);
    assertEquals(expected, cpu.getUserMode() + cpu.getSystemMode(), expected / 10);
    return cpu;
  }

  private static void close(long expected, long actual) {
    assertEquals(expected, actual, expected / 10.0);
  }

  private AllocResourceUsage usage(AllocRunner runner) throws Exception {
    Eventually.holds(
        "the task holds its memory",
        () ->
            new AllocUsage(InstantSource.system(), 2_000)
                    .of(runner, "work")
                    .getResourceUsage()
                    .getMemoryStats()
                    .getRss()
                >= 64 << 20);
    return new AllocUsage(InstantSource.system(), 2_000).of(runner, "work");
  }

  private AllocRunner run(Task.Builder task) throws Exception {
    return run(Jobs.allocation("batch", task).build());
  }

  private AllocRunner run(Allocation allocation) throws Exception {
    control.send(allocation);
    control.awaitStatus(allocation.getId(), "running");
    return agent.allocations().find(allocation.getId()).orElseThrow();
  }

  private static List<Long> processes(AllocRunner runner, int count) throws Exception {
    RunningTask task = runner.running().get().get("work");
    Eventually.holds("all run", () -> task.driver().processes(task.run()).size() == count);
    return task.driver().processes(task.run());
  }

  private static long ticks(List<Long> pids) throws IOException {
    long all = 0;
    for (long pid : pids) {
      String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      all += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    }
    return all;
  }

  private boolean grouped() throws IOException {
    return agent.node().getDriversOrThrow("exec").getDetected();
  }

  /** Where the kernel has the group of the task's first process. */
  private static Path group(AllocRunner runner, String controller) throws Exception {
    RunningTask task = runner.running().get().get("work");
    Eventually.holds("it is in its group", () -> !task.driver().processes(task.run()).isEmpty());
    long pid = task.driver().processes(task.run()).getFirst();
    for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(pid), "cgroup"))) {
      String[] fields = line.split(":", 3);
      for (String name : fields[1].isEmpty() ? List.of("unified") : List.of(fields[1].split(","))) {
        if (name.equals(controller)) {
          return Path.of("/sys/fs/cgroup/" + controller + fields[2]);
        }
      }
    }
    String own = Files.readAllLines(Path.of("/proc", String.valueOf(pid), "cgroup")).getFirst();
    return Path.of("/sys/fs/cgroup" + own.substring("0::".length()));
  }

  private static long nanos(Path group) throws IOException {
    Path version1 = group.resolve("cpuacct.usage");
    if (Files.exists(version1)) {
      return Long.parseLong(Files.readString(version1).strip());
    }
    return number(group.resolve("cpu.stat"), "usage_usec") * 1_000;
  }

  private static long number(Path file, String name) throws IOException {
    for (String line : Files.readAllLines(file)) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException(name + " is not in " + file);
  }
}
