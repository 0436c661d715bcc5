package io.steppe.agent.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.ByteString;
import io.steppe.agent.boot.Agent;
import io.steppe.agent.boot.ControlPlane;
import io.steppe.agent.boot.Jobs;
import io.steppe.agent.boot.TestAgent;
import io.steppe.agent.task.DriverConfig;
import io.steppe.agent.task.StartFailure;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.DriverInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaExecTest {
  @TempDir Path data;

  @Test
  void aClassRunsWithTheMachinesJava() throws Exception {
    ControlPlane control = new ControlPlane(0);
    try (Agent agent = TestAgent.start(data, control.port())) {
      DriverInfo java = agent.node().getDriversOrThrow("java");
      assumeTrue(java.getDetected(), () -> "skipped: " + java.getHealthDescription());
      for (String attribute : List.of("version", "runtime", "vm")) {
        String name = "driver.java." + attribute;
        assertFalse(java.getAttributesOrThrow(name).isEmpty());
        assertEquals(java.getAttributesOrThrow(name), agent.node().getAttributesOrThrow(name));
      }
      String config =
          """
          {"class": "Hello.java", "class_path": "/local", "jvm_options": ["-Xmx32m", "-Dgreeting=hello"],
           "args": ["world"], "work_dir": "/local"}
          """;
      String source =
          "class Hello { public static void main(String[] a) {"
              + " System.out.println(System.getProperty(\"greeting\") + \" \" + a[0]); } }";
      // As an artifact would be, the program is there before the task.
      Allocation allocation =
          Jobs.allocation(
                  "batch",
                  Jobs.mock("work", config.replace("Hello.java", "/alloc/data/Hello.java"))
                      .setDriver("java"))
              .build();
      Path shared = data.resolve("allocs").resolve(allocation.getId()).resolve("alloc/data");
      Files.createDirectories(shared);
      Files.write(shared.resolve("Hello.java"), ByteString.copyFromUtf8(source).toByteArray());
      control.send(allocation);
      control.awaitStatus(allocation.getId(), "complete");
      assertEquals(
          "hello world\n",
          Files.readString(shared.resolveSibling("logs").resolve("work.stdout.0")));
    } finally {
      control.close();
    }
  }

  @Test
  void aJarGoesBeforeAClass() throws Exception {
    assertEquals(
        List.of("-Xmx1g", "-cp", "lib/*", "-jar", "app.jar", "serve"),
        JavaExec.arguments(
            new DriverConfig(
                Map.of(
                    "jar_path",
                    "app.jar",
                    "class_path",
                    "lib/*",
                    "jvm_options",
                    List.of("-Xmx1g"),
                    "args",
                    List.of("serve")))));
    assertThrows(StartFailure.class, () -> JavaExec.arguments(new DriverConfig(Map.of())));
  }

  @Test
  void versionsAreReadWhateverStandsBeforeThem() {
    Jvm jvm =
        Jvm.parse(
                Path.of("/usr/bin/java"),
                """
                Picked up JAVA_TOOL_OPTIONS: -Xmx1g
                openjdk version "17.0.15" 2025-04-15
                OpenJDK Runtime Environment (build 17.0.15+6)
                OpenJDK 64-Bit Server VM (build 17.0.15+6, mixed mode)
                """)
            .orElseThrow();
    assertEquals("17.0.15", jvm.version());
    assertEquals("OpenJDK Runtime Environment (build 17.0.15+6)", jvm.runtime());
    assertEquals("OpenJDK 64-Bit Server VM (build 17.0.15+6, mixed mode)", jvm.vm());
  }
}
