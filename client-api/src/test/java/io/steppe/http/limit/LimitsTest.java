package io.steppe.http.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.http.TestServer;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LimitsTest {
  private static final int MANY = 10_000;

  private record Rate(int rate, int burst) implements LimitSettings.Rate {}

  private record Settings(int httpMaxConnsPerClient, Rate address, Rate token)
      implements LimitSettings {
    @Override
    public int remembered() {
      return 100;
    }
  }

  private static final Rate NONE = new Rate(0, 0);

  private static TestServer server(Settings settings) {
    Limits limits = new Limits(settings);
    return new TestServer(
        limits::register, router -> router.route().handler(routing -> routing.end("ok")));
  }

  private static HttpResponse<String> untilRefused(
      TestServer server, String path, String... headers) throws Exception {
    for (int i = 0; i < MANY; i++) {
      HttpResponse<String> answer = server.ask("GET", path, headers);
      if (answer.statusCode() != 200) {
        return answer;
      }
    }
    throw new AssertionError("never refused");
  }

  @Test
  void aTokenThatAsksWithoutEndIsToldWhenToComeBack() throws Exception {
    try (TestServer server = server(new Settings(0, NONE, new Rate(1, 3)))) {
      HttpResponse<String> refused = untilRefused(server, "/v1/jobs", "X-Nomad-Token", "one");
      assertEquals(429, refused.statusCode());
      assertEquals(
          "Your client is issuing too many requests, please rate limit your calls\n",
          refused.body());
      assertEquals("1", refused.headers().firstValue("Retry-After").orElseThrow());
      assertEquals(200, server.ask("GET", "/v1/jobs", "X-Nomad-Token", "two").statusCode());
      assertEquals(
          429, untilRefused(server, "/v1/jobs", "Authorization", "Bearer one").statusCode());
      assertEquals(200, server.ask("GET", "/v1/jobs").statusCode());
    }
  }

  @Test
  void anAddressIsLimitedWhateverItsTokens() throws Exception {
    try (TestServer server = server(new Settings(0, new Rate(1, 3), NONE))) {
      assertEquals(429, untilRefused(server, "/v1/jobs").statusCode());
      for (String free : List.of("/v1/agent/health", "/v1/metrics", "/v1/status/leader")) {
        for (int i = 0; i < 5; i++) {
          assertEquals(200, server.ask("GET", free).statusCode());
        }
      }
    }
  }

  @Test
  void connectionsBeyondTheLimitAreRefusedUntilOthersClose() throws Exception {
    try (TestServer server = server(new Settings(3, NONE, NONE))) {
      List<Socket> sockets = new ArrayList<>();
      try {
        for (int i = 0; i < 3; i++) {
          sockets.add(new Socket("127.0.0.1", server.port()));
          assertTrue(answer(sockets.get(i)).startsWith("HTTP/1.1 200 "));
          assertTrue(answer(sockets.get(i)).startsWith("HTTP/1.1 200 "), "a second request");
        }
        try (Socket fourth = new Socket("127.0.0.1", server.port())) {
          fourth.setSoTimeout(20_000);
          ask(fourth);
          String all = new String(fourth.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
          assertTrue(all.startsWith("HTTP/1.1 429 "), all);
          assertTrue(all.contains("Your IP is issuing too many concurrent connections"), all);
        }
        sockets.removeFirst().close();
        assertTrue(eventuallyTaken(server.port()));
      } finally {
        for (Socket socket : sockets) {
          socket.close();
        }
      }
    }
  }

  private static boolean eventuallyTaken(int port) throws Exception {
    for (int i = 0; i < MANY; i++) {
      try (Socket socket = new Socket("127.0.0.1", port)) {
        if (answer(socket).startsWith("HTTP/1.1 200 ")) {
          return true;
        }
      }
      Thread.sleep(10);
    }
    return false;
  }

  private static void ask(Socket socket) throws IOException {
    socket
        .getOutputStream()
        .write("GET /v1/jobs HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
  }

  private static String answer(Socket socket) throws IOException {
    socket.setSoTimeout(20_000);
    ask(socket);
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        break;
      }
      head.append((char) next);
    }
    socket.getInputStream().readNBytes(head.indexOf("200 ") > 0 ? 2 : 0);
    return head.toString();
  }
}
