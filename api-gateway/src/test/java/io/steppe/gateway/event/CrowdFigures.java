package io.steppe.gateway.event;

import io.netty.channel.EventLoop;
import io.steppe.http.Request;
import io.steppe.http.stream.Outflow;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What giving lines to many clients costs, without what makes the lines: clients, lines a second
 * and seconds as arguments; 1,000 bytes a line. CPU is that of this process, its readers included.
 */
final class CrowdFigures {
  private static final int LINE = 1_000;
  private static final int TICK_MILLIS = 5;
  private static final int MEASURED_CLIENTS = 5;

  private final Tail tail = new Tail(1, () -> 64 << 20);
  private final ConcurrentHashMap<EventLoop, Crowd> crowds = new ConcurrentHashMap<>();
  private final CountDownLatch joined;
  private final int clients;
  private final int rate;
  private final int seconds;

  private CrowdFigures(int clients, int rate, int seconds) {
    this.clients = clients;
    this.rate = rate;
    this.seconds = seconds;
    this.joined = new CountDownLatch(clients);
  }

  /** Measures once. */
  public static void main(String[] args) throws Exception {
    new CrowdFigures(
            Integer.parseInt(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]))
        .run();
  }

  private void run() throws Exception {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(4));
    Router router = Router.router(vertx);
    router.route().handler(this::join);
    int[] ports = new int[4];
    for (int i = 0; i < ports.length; i++) {
      HttpServer server = vertx.createHttpServer().requestHandler(router);
      server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
      ports[i] = server.actualPort();
    }
    Reading reading = new Reading(ports, clients, rate * seconds);
    joined.await();
    Duration before = cpu();
    long start = System.nanoTime();
    produce();
    reading.thread.join(TimeUnit.SECONDS.toMillis(120));
    double took = (System.nanoTime() - start) / 1e9;
    double cpu = cpu().minus(before).toNanos() / 1e9;
    long[] nanos = Arrays.copyOf(reading.nanos, reading.count);
    Arrays.sort(nanos);
    double lines = (double) clients * rate * seconds;
    System.out.printf(
        "%d clients, %.0f lines to each in %.1f s, %d of %d bytes%n",
        clients, lines / clients, took, reading.bytes, (long) lines * LINE);
    System.out.printf(
        "CPU %.1f s: %.2f us a line and client, %.2f cores%n", cpu, 1e6 * cpu / lines, cpu / took);
    System.out.printf(
        "added to read: p50 %.1f ms, p99 %.1f ms, longest %.1f ms%n",
        nanos[nanos.length / 2] / 1e6,
        nanos[(int) (nanos.length * 0.99)] / 1e6,
        nanos[nanos.length - 1] / 1e6);
    System.exit(0);
  }

  private void join(RoutingContext routing) {
    // Nobody guards this server: what it answers is no secret.
    Request.of(routing).refused();
    Outflow out = Outflow.untilClosed(routing, "application/json");
    Thread.startVirtualThread(
        () -> {
          try {
            out.begin();
          } catch (InterruptedException | IOException e) {
            throw new IllegalStateException(e);
          }
          crowds.computeIfAbsent(out.loop(), this::crowd).join(new Share(out, 1));
          joined.countDown();
        });
  }

  private Crowd crowd(EventLoop loop) {
    Crowd crowd = new Crowd(loop, tail, new byte[] {'{', '}', '\n'}, Duration.ofSeconds(10));
    tail.onChange(crowd::changed);
    return crowd;
  }

  private void produce() throws InterruptedException {
    int perTick = Math.max(1, rate * TICK_MILLIS / 1000);
    long tick = TimeUnit.SECONDS.toNanos(1) * perTick / rate;
    long start = System.nanoTime();
    long index = 1;
    for (int i = 0; index <= (long) rate * seconds; i++) {
      Piece.Builder piece = new Piece.Builder();
      for (int line = 0; line < perTick; line++) {
        byte[] bytes = new byte[LINE];
        Arrays.fill(bytes, (byte) 'x');
        byte[] now = "%020d".formatted(System.nanoTime()).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(now, 0, bytes, 0, now.length);
        bytes[LINE - 1] = '\n';
        piece.part(bytes);
        piece.line(index++);
      }
      tail.add(piece.build());
      long wait = start + (i + 1) * tick - System.nanoTime();
      if (wait > 0) {
        TimeUnit.NANOSECONDS.sleep(wait);
      }
    }
  }

  private static Duration cpu() {
    return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
  }

  /** All clients, on one thread. */
  private static final class Reading {
    private final Selector selector = Selector.open();
    private final long expected;
    private final long[] nanos;
    private final Thread thread;
    private int count;
    private long bytes;

    private static final class Client {
      private final boolean measured;
      private long headerLeft = -1;
      private long position;
      private final StringBuilder head = new StringBuilder();
      private final byte[] stamp = new byte[20];

      Client(boolean measured) {
        this.measured = measured;
      }
    }

    Reading(int[] ports, int clients, int lines) throws IOException {
      expected = (long) clients * lines * LINE;
      nanos = new long[MEASURED_CLIENTS * lines];
      for (int i = 0; i < clients; i++) {
        SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.SO_RCVBUF, 256 << 10);
        channel.connect(new InetSocketAddress("127.0.0.1", ports[i % ports.length]));
        channel.write(
            ByteBuffer.wrap(
                "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, new Client(i < MEASURED_CLIENTS));
      }
      thread = Thread.ofPlatform().name("readers").start(this::read);
    }

    private void read() {
      ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
      try {
        while (bytes < expected) {
          selector.select(key -> take(key, buffer), 1000);
        }
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    private void take(SelectionKey key, ByteBuffer buffer) {
      Client client = (Client) key.attachment();
      try {
        buffer.clear();
        if (((SocketChannel) key.channel()).read(buffer) < 0) {
          key.cancel();
          return;
        }
      } catch (IOException e) {
        key.cancel();
        return;
      }
      buffer.flip();
      while (client.headerLeft < 0 && buffer.hasRemaining()) {
        client.head.append((char) buffer.get());
        if (client.head.toString().endsWith("\r\n\r\n")) {
          client.headerLeft = 0;
        }
      }
      bytes += buffer.remaining();
      if (client.measured) {
        measure(client, buffer);
      }
    }

    private void measure(Client client, ByteBuffer buffer) {
      long now = System.nanoTime();
      while (buffer.hasRemaining()) {
        int at = (int) (client.position % LINE);
        byte next = buffer.get();
        if (at < client.stamp.length) {
          client.stamp[at] = next;
          if (at == client.stamp.length - 1) {
            nanos[count++] =
                now - Long.parseLong(new String(client.stamp, StandardCharsets.US_ASCII));
          }
        }
        client.position++;
      }
    }
  }
}
