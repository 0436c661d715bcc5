package io.steppe.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steppe.e2e.LocalCluster.Running;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A log of ten files of 10 MiB that is written at 10 MiB/s is followed, byte for byte, while its
 * agent is killed with -9; and by a reader that reads nothing. For so many seconds as the property
 * {@code steppe.follow.seconds} says.
 */
class FollowTest {
  private static final int SECONDS = Integer.getInteger("steppe.follow.seconds", 10);
  private static final int STALL_SECONDS = Integer.getInteger("steppe.stall.seconds", 20);
  private static final int CHUNK = 1 << 20;
  private static final int CHUNKS_A_SECOND = 10;
  private static final int HEADER = "chunk 000000000\n".length();
  private static final long MOST_GROWTH = 24 << 20;

  /** What the reader gets when it comes late: whatever is kept. */
  private static final Duration CATCHES_UP_WITHIN = Duration.ofSeconds(60);

  private static LocalCluster cluster;

  @BeforeAll
  static void start() throws Exception {
    cluster = LocalCluster.start("--agents", "1", "--name", "follow");
  }

  @AfterAll
  static void stop() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void everyByteOfARotatedLogComesOnceThoughTheAgentIsKilled() throws Exception {
    int chunks = SECONDS * CHUNKS_A_SECOND;
    String allocation = write("rotated", chunks);
    byte[] payload = payload(allocation);
    long began = System.nanoTime();
    try (InputStream log = cluster.api().stream(logs(allocation) + "&plain=true")) {
      for (int i = 0; i < chunks; i++) {
        assertArrayEquals(header(i), log.readNBytes(HEADER), "the header of chunk " + i);
        assertTrue(Arrays.equals(payload, log.readNBytes(payload.length)), "chunk " + i);
        if (i == chunks / 2) {
          agent().kill();
        }
      }
      assertEquals("end\n", new String(log.readNBytes(4), StandardCharsets.UTF_8));
    }
    System.out.printf("followed %d MiB in %.1f s%n", chunks, (System.nanoTime() - began) / 1e9);
    cluster.api().stopJob("rotated");
  }

  @Test
  void aReaderThatStallsHoldsNoMemory() throws Exception {
    String allocation = write("stalled", (STALL_SECONDS + 10) * CHUNKS_A_SECOND);
    URI base = URI.create(cluster.api().base());
    try (Socket stalled = new Socket()) {
      stalled.setReceiveBufferSize(64 << 10);
      stalled.connect(new InetSocketAddress(base.getHost(), base.getPort()));
      String request = "GET " + logs(allocation) + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
      stalled.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      assertEquals('H', stalled.getInputStream().read());
      // Until the buffers on the way are full.
      try (InputStream other = cluster.api().stream(logs(allocation) + "&plain=true")) {
        other.skipNBytes(16L * CHUNK);
        Map<String, Long> before = live();
        other.skipNBytes((long) STALL_SECONDS * CHUNKS_A_SECOND * CHUNK - (16L * CHUNK));
        Map<String, Long> after = live();
        System.out.println("live bytes before " + before + ", after " + after);
        after.forEach(
            (name, bytes) ->
                assertTrue(
                    bytes - before.get(name) < MOST_GROWTH,
                    () -> name + " grew from " + before.get(name) + " to " + bytes));
      }
      stalled.setSoTimeout((int) CATCHES_UP_WITHIN.toMillis());
      assertEquals(CHUNK, stalled.getInputStream().readNBytes(CHUNK).length);
    }
    cluster.api().stopJob("stalled");
  }

  @Test
  void aLargeFileIsReadInBoundedMemory() throws Exception {
    long bytes = Integer.getInteger("steppe.cat.mib", 256) * (long) CHUNK;
    cluster
        .api()
        .register(
            Api.shellJob(
                "large", "service", 1, "truncate -s " + bytes + " local/large; exec sleep 1000"));
    String allocation =
        cluster
            .api()
            .awaitRunning("large", 1, Duration.ofSeconds(30))
            .getFirst()
            .path("ID")
            .asText();
    String path = allocation + "?path=main/local/large";
    Wait.untilTrue(
        Duration.ofSeconds(20),
        "the file",
        () -> cluster.api().send("GET", "/v1/client/fs/stat/" + path, null).status() == 200);
    Map<String, Long> before = live();
    try (InputStream file = cluster.api().stream("/v1/client/fs/cat/" + path)) {
      file.skipNBytes(bytes / 2);
      Map<String, Long> within = live();
      System.out.println("live bytes before " + before + ", while reading " + within);
      within.forEach((name, now) -> assertTrue(now - before.get(name) < MOST_GROWTH, name));
      file.skipNBytes(bytes - bytes / 2);
      assertEquals(-1, file.read());
    }
    cluster.api().stopJob("large");
  }

  private static String logs(String allocation) {
    return "/v1/client/fs/logs/" + allocation + "?task=main&type=stdout&follow=true";
  }

  /** A job whose task writes so many chunks, each a header and the same bytes, ten a second. */
  private static String write(String id, int chunks) throws Exception {
    String script =
        """
        head -c %d /dev/urandom > local/making && mv local/making local/payload
        i=0; began=$(date +%%s)
        while [ $i -lt %d ]; do
          printf 'chunk %%09d\\n' $i; cat local/payload; i=$((i + 1))
          while [ $((i / %d)) -gt $(($(date +%%s) - began)) ]; do sleep 0.05; done
        done
        echo end; exec sleep 1000
        """
            .formatted(CHUNK - HEADER, chunks, CHUNKS_A_SECOND);
    ObjectNode job = Api.shellJob(id, "service", 1, script);
    ObjectNode task = (ObjectNode) job.path("TaskGroups").get(0).path("Tasks").get(0);
    task.putObject("LogConfig").put("MaxFiles", 10).put("MaxFileSizeMB", 10);
    cluster.api().register(job);
    return cluster.api().awaitRunning(id, 1, Duration.ofSeconds(30)).getFirst().path("ID").asText();
  }

  private static byte[] header(int chunk) {
    return "chunk %09d\n".formatted(chunk).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] payload(String allocation) throws Exception {
    String path = allocation + "?path=main/local/payload";
    Wait.untilTrue(
        Duration.ofSeconds(20),
        "the payload",
        () -> cluster.api().send("GET", "/v1/client/fs/stat/" + path, null).status() == 200);
    try (InputStream file = cluster.api().stream("/v1/client/fs/cat/" + path)) {
      byte[] payload = file.readAllBytes();
      assertEquals(CHUNK - HEADER, payload.length);
      return payload;
    }
  }

  private static Running agent() throws Exception {
    return cluster.ps().stream()
        .filter(one -> one.name().equals("node-agent"))
        .findFirst()
        .orElseThrow();
  }

  /** Bytes of the objects that live in each process. */
  private static Map<String, Long> live() throws Exception {
    Map<String, Long> live = new HashMap<>();
    for (Running one : cluster.ps()) {
      if (List.of("api-gateway", "node-service", "node-agent").contains(one.name())) {
        live.put(one.name() + "-" + one.replica(), liveBytes(one.pid()));
      }
    }
    assertEquals(3, live.size());
    return live;
  }

  private static long liveBytes(long pid) throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process process =
        new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    List<String> lines =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0, lines::toString);
    return Long.parseLong(lines.getLast().strip().split("\\s+")[2]);
  }
}
