package io.steppe.node.main;

import io.steppe.ledger.testing.TestDatabase;
import io.steppe.node.registration.TestNodes;
import io.steppe.node.session.TestAgent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What sessions cost the packaged service. Arguments: agents, minutes to look. Prints the time to
 * take all agents in, CPU seconds meanwhile and idle after it, and the heap before and after.
 */
final class SessionFigures {
  private static final int PORT = 24651;
  private static final double TICKS_PER_SECOND = 100;

  private SessionFigures() {}

  public static void main(String[] arguments) throws Exception {
    int count = Integer.parseInt(arguments[0]);
    int minutes = Integer.parseInt(arguments[1]);
    List<TestAgent> agents = new ArrayList<>();
    try (TestDatabase database = TestDatabase.start();
        ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor()) {
      database.migrateTables("alloc", "allocs", "job_versions");
      Process service = start(database);
      try {
        try (TestAgent first = connect()) {
          System.out.println("heap without agents: " + heap(service));
        }
        long began = System.nanoTime();
        double before = cpu(service);
        for (int i = 0; i < count; i++) {
          agents.add(new TestAgent(PORT).register(TestNodes.any(), "secret"));
        }
        agents.forEach(agent -> beat(agent, beats));
        System.out.printf(
            "%d agents in %.1f s, %.1f s of CPU%n",
            count, (System.nanoTime() - began) / 1e9, cpu(service) - before);
        System.out.println("heap with agents: " + heap(service));
        for (int minute = 1; minute <= minutes; minute++) {
          double idle = cpu(service);
          TimeUnit.MINUTES.sleep(1);
          System.out.printf(
              "minute %d: %.2f %% of a core%n", minute, (cpu(service) - idle) / 60 * 100);
        }
      } finally {
        beats.shutdownNow();
        agents.forEach(TestAgent::close);
        service.destroy();
        service.waitFor();
      }
    }
  }

  private static Process start(TestDatabase database) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder builder =
        new ProcessBuilder(
            java,
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-jar",
            "node-service/target/quarkus-app/quarkus-run.jar");
    builder
        .environment()
        .putAll(
            Map.of(
                "STEPPE_DATABASE_URL",
                database.url(),
                "STEPPE_DATABASE_PASSWORD",
                TestDatabase.password(),
                "STEPPE_DATABASE_DURABILITY_CHECKED",
                "false",
                "STEPPE_REPLICA_ID",
                "figures",
                "QUARKUS_HTTP_PORT",
                "0",
                "QUARKUS_GRPC_SERVER_PORT",
                String.valueOf(PORT)));
    return builder
        .redirectErrorStream(true)
        .redirectOutput(Path.of("node-service/target/figures.log").toFile())
        .start();
  }

  /** Tries until the service takes an agent in. */
  private static TestAgent connect() throws InterruptedException {
    for (int attempts = 0; attempts < 100; attempts++) {
      TestAgent agent = new TestAgent(PORT).register(TestNodes.any(), "secret");
      try {
        agent.awaitRegistered();
        return agent;
      } catch (AssertionError | IllegalStateException notYet) {
        agent.close();
        TimeUnit.MILLISECONDS.sleep(300);
      }
    }
    throw new IllegalStateException(
        "the service does not start: see node-service/target/figures.log");
  }

  private static void beat(TestAgent agent, ScheduledExecutorService beats) {
    long ttl = agent.awaitRegistered().getHeartbeatTtl();
    beats.scheduleAtFixedRate(agent::heartbeat, ttl, ttl, TimeUnit.NANOSECONDS);
  }

  private static double cpu(Process process) throws IOException {
    String stat = Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }

  private static String heap(Process process) throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    String pid = String.valueOf(process.pid());
    new ProcessBuilder(jcmd, pid, "GC.run").start().waitFor();
    Process info = new ProcessBuilder(jcmd, pid, "GC.heap_info").start();
    Pattern used = Pattern.compile("total.* used (\\d+)K");
    long kilobytes =
        new String(info.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .filter(line -> line.contains("total"))
            .map(used::matcher)
            .filter(Matcher::find)
            .mapToLong(match -> Long.parseLong(match.group(1)))
            .sum();
    return kilobytes + " KiB";
  }
}
