package io.steppe.agent.boot;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** An agent in a process of its own, to be killed. */
public final class AgentProcessHandle implements AutoCloseable {
  private final Process process;

  public AgentProcessHandle(Path data, int port) throws IOException {
    String classes =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:TieredStopAtLevel=1",
            "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
            "-cp",
            classes,
            TestAgent.class.getName(),
            data.toString(),
            String.valueOf(port));
    process =
        new ProcessBuilder(command)
            .inheritIO()
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
  }

  /** kill -9. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws InterruptedException {
    kill();
  }
}
