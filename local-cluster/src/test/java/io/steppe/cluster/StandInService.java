package io.steppe.cluster;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/**
 * A process that takes the settings which the launcher gives to services and agents, and answers
 * what the launcher asks of them: so the launcher's handling of processes is tested without the
 * services.
 */
public final class StandInService {
  private StandInService() {}

  public static void main(String[] args) throws Exception {
    String agent = System.getenv("STEPPE_AGENT_NAME");
    if (agent != null) {
      Files.writeString(Path.of(System.getenv("STEPPE_AGENT_DATA_DIR"), "name"), agent);
    }
    int port = Integer.parseInt(System.getenv("QUARKUS_HTTP_PORT"));
    HttpServer server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), 16);
    answer(server, "/q/health/ready", () -> "{}");
    answer(server, "/v1/agent/health", () -> "{}");
    answer(server, "/v1/nodes", StandInService::nodes);
    server.start();
  }

  private interface Answer {
    String get() throws IOException;
  }

  private static void answer(HttpServer server, String path, Answer answer) {
    server.createContext(
        path,
        exchange -> {
          byte[] body = answer.get().getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }

  private static String nodes() throws IOException {
    List<String> nodes = new ArrayList<>();
    if (Files.isDirectory(Path.of("agents"))) {
      try (var agents = Files.newDirectoryStream(Path.of("agents"))) {
        for (Path agent : agents) {
          if (Files.exists(agent.resolve("name"))) {
            nodes.add(
                "{\"Name\":\"%s\",\"Status\":\"ready\"}"
                    .formatted(Files.readString(agent.resolve("name"))));
          }
        }
      }
    }
    return "[" + String.join(",", nodes) + "]";
  }

  /** Lays out a folder as the build does, with this class in the place of every service. */
  static void installInto(Path home) throws IOException {
    for (Component component : Component.values()) {
      Path app = home.resolve(component.label()).resolve("target").resolve("quarkus-app");
      Files.createDirectories(app);
      Manifest manifest = new Manifest();
      manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
      manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, StandInService.class.getName());
      try (var jar =
          new JarOutputStream(Files.newOutputStream(app.resolve("quarkus-run.jar")), manifest)) {
        for (String name : List.of("StandInService", "StandInService$Answer")) {
          String entry = "io/steppe/cluster/" + name + ".class";
          jar.putNextEntry(new JarEntry(entry));
          try (var in = StandInService.class.getResourceAsStream("/" + entry)) {
            in.transferTo(jar);
          }
          jar.closeEntry();
        }
      }
    }
  }
}
