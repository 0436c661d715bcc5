package io.steppe.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Paths that climb, links that lead out, files that never answer and parameters that are none: each
 * gets an error, or nothing, and never a byte from outside the allocation or of its secrets.
 */
@OnSharedCluster
class HostileFilesTest {
  private static final String CANARY = "canary-4b1d8f";
  private static final int PATIENCE_MILLIS = 30_000;
  private static final List<String> CALLS = List.of("cat", "readat", "stream", "ls", "stat");

  private static final List<String> REFUSALS =
      List.of(
          "Path escapes the alloc directory",
          "no such file or directory",
          "not a directory",
          "Failed to check if path escapes",
          "Reading secret file prohibited",
          "is not a regular file",
          "takes too long",
          "too many levels of symbolic links",
          "is a directory",
          "file name too long",
          "must provide",
          "error parsing",
          "can't seek to offset",
          "origin must be start or end",
          "failed to parse",
          "Unknown allocation",
          "UUID must be 36 characters",
          "Invalid UUID",
          "unknown task name",
          "Invalid method",
          "Temporary Redirect");

  /** Each leads out, to secrets, or to what is no plain file. */
  private static final List<String> PATHS =
      List.of(
          "..",
          "/..",
          "../..",
          "../../../etc/passwd",
          "/../../../../../../../etc/passwd",
          "//..//..//..//etc/passwd",
          "main/../../../../etc/passwd",
          "main/local/../../../x",
          "%2e%2e/%2e%2e/etc/passwd",
          "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
          "..%2f..%2f..%2fetc%2fpasswd",
          "%252e%252e%252fetc%252fpasswd",
          "..%5c..%5cetc%5cpasswd",
          "%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd",
          "main/local/passwd",
          "main/local/slash/etc/passwd",
          "main/local/slash/proc/self/environ",
          "main/local/slash/dev/zero",
          "main/local/up/etc/passwd",
          "main/local/up/" + CANARY,
          "main/local/up/nowhere",
          "main/local/zero",
          "main/local/loop",
          "main/local/token",
          "main/local/hidden/token",
          "main/local/theirs",
          "alloc/across",
          "main/secrets/token",
          "/main/./secrets//token",
          "main/local/../secrets/token",
          "a%00b",
          "%00",
          "main/local/%00/../../../../etc/passwd",
          "main/" + "a".repeat(300),
          "main/local/race/passwd",
          "other/secrets/token");

  private static final List<String> NUMBERS =
      List.of(
          "x",
          "-5",
          "1e3",
          "0x10",
          "9223372036854775808",
          "-9223372036854775809",
          "99999999999999999999999999",
          "%00",
          "1.5",
          "+-1",
          "NaN",
          "%D9%A1");

  private LocalCluster cluster;

  @BeforeEach
  void use(LocalCluster shared) {
    cluster = shared;
  }

  @Test
  void nothingLeadsOut() throws Exception {
    Files.writeString(cluster.data().resolve(CANARY), CANARY);
    String id = start();
    List<String> requests = requests(id);
    assertTrue(requests.size() >= 200, () -> requests.size() + " requests");
    for (String request : requests) {
      String answer = get(request);
      assertFalse(answer.contains(CANARY + "-"), () -> request + " shows a secret: " + answer);
      assertFalse(answer.contains("root:"), () -> request + " leads out: " + answer);
      int body = answer.indexOf("\r\n\r\n") + 4;
      String text = answer.substring(body);
      assertTrue(
          text.isEmpty() || text.equals("0\r\n\r\n") || REFUSALS.stream().anyMatch(text::contains),
          () -> request + " is answered: " + answer);
    }
    assertEquals("plain\n", cluster.api().text("/v1/client/fs/cat/" + id + "?path=main/local/f"));
    cluster.api().stopJob("hostile");
  }

  private static List<String> requests(String id) {
    List<String> requests = new ArrayList<>();
    for (String call : CALLS) {
      for (String path : PATHS) {
        requests.add(fs(call, id, path));
      }
    }
    for (String call : List.of("cat", "readat", "stream")) {
      requests.add(fs(call, id, "main/local/pipe"));
      requests.add(fs(call, id, "main/local/socketless/pipe"));
      requests.add(fs(call, id, "alloc"));
      requests.add("/v1/client/fs/" + call + "/" + id);
      requests.add("/v1/client/fs/" + call + "/..%2f..%2fetc?path=main/local/f");
      requests.add("/v1/client/fs/" + call + "/" + id + "%00?path=main/local/f");
    }
    requests.add(fs("ls", id, "main/secrets"));
    requests.add("/v1/client/fs/../../etc/passwd");
    String logs = "/v1/client/fs/logs/" + id + "?task=main&type=stdout";
    String file = "?path=main/local/f&follow=false";
    for (String number : NUMBERS) {
      if (!number.equals("-5")) {
        requests.add(logs + "&offset=" + number);
        requests.add("/v1/client/fs/stream/" + id + file + "&offset=" + number);
      }
      requests.add("/v1/client/fs/readat/" + id + file + "&limit=5&offset=" + number);
    }
    requests.add("/v1/client/fs/readat/" + id + file + "&offset=9223372036854775807&limit=5");
    requests.add("/v1/client/fs/readat/" + id + file + "&offset=0&limit=x");
    requests.add(logs + "&origin=middle");
    requests.add(logs + "&follow=maybe");
    requests.add(logs + "&plain=maybe");
    for (String task : List.of("", "nope", "..%2f..%2fetc", "a%00b", "main.stdout.0%2f..")) {
      requests.add("/v1/client/fs/logs/" + id + "?type=stdout&task=" + task);
    }
    requests.add("/v1/client/fs/logs/" + id + "?task=main&type=..%2f..%2f..%2fetc%2fpasswd");
    return requests;
  }

  private static String fs(String call, String id, String path) {
    return "/v1/client/fs/" + call + "/" + id + "?follow=false&offset=0&limit=100&path=" + path;
  }

  /** A task that prepares all that and exchanges a link without end. */
  private String start() throws Exception {
    String script =
        """
        echo CANARY-secret > secrets/token; echo plain > local/f; cd local
        ln -s /etc/passwd passwd; ln -s / slash; ln -s ../../../../../.. up; ln -s /dev/zero zero
        ln -s loop loop; ln -s ../secrets/token token; ln -s ../secrets hidden; mkfifo pipe
        ln -s ../../other/local/file theirs; ln -s ../main/local/f ../../alloc/across
        ln -s . race; : > ready
        while :; do ln -sfn /etc race; ln -sfn . race; sleep 0.01; done
        """
            .replace("CANARY", CANARY);
    ObjectNode job = Api.shellJob("hostile", "service", 1, script);
    ObjectNode group = (ObjectNode) job.path("TaskGroups").get(0);
    ObjectNode other = ((ObjectNode) group.path("Tasks").get(0)).deepCopy();
    other.put("Name", "other");
    ObjectNode config = other.putObject("Config");
    config.put("command", "/bin/sh");
    config
        .putArray("args")
        .add("-c")
        .add("echo %s-other | tee secrets/token local/file; exec sleep 1000".formatted(CANARY));
    ((ArrayNode) group.path("Tasks")).add(other);
    cluster.api().register(job);
    String id =
        cluster
            .api()
            .awaitRunning("hostile", 1, Duration.ofSeconds(30))
            .getFirst()
            .path("ID")
            .asText();
    String ready = "/v1/client/fs/stat/" + id + "?path=main/local/ready";
    Wait.untilTrue(
        Duration.ofSeconds(20),
        "the task has prepared",
        () -> cluster.api().send("GET", ready, null).status() == 200);
    return id;
  }

  /** The whole answer as it is on the wire: no client in between tidies the path. */
  private String get(String path) throws IOException {
    URI base = URI.create(cluster.api().base());
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(new InetSocketAddress(base.getHost(), base.getPort()));
      String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
