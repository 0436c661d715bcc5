package io.steppe.event.sink;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An endpoint that events are delivered to. */
final class Receiver implements AutoCloseable {
  private static final Pattern INDEX = Pattern.compile("\\{\"Index\":(\\d+),\"Events\":\\[");

  /** A delivery as it came. */
  record Delivered(String id, String timestamp, String signature, String type, String body) {}

  private final HttpServer server;
  private final List<Delivered> deliveries = new ArrayList<>();
  private final List<Delivered> refused = new ArrayList<>();
  private volatile int status = 200;

  Receiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::receive);
    server.start();
  }

  String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
  }

  /** What the next deliveries are answered with. */
  void answer(int status) {
    this.status = status;
  }

  synchronized List<Delivered> deliveries() {
    return List.copyOf(deliveries);
  }

  synchronized int refused() {
    return refused.size();
  }

  /** Indexes of the lines that were taken, in order. */
  synchronized List<Long> indexes() {
    List<Long> indexes = new ArrayList<>();
    for (Delivered delivered : deliveries) {
      Matcher line = INDEX.matcher(delivered.body());
      while (line.find()) {
        indexes.add(Long.parseLong(line.group(1)));
      }
    }
    return indexes;
  }

  private void receive(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Delivered delivered =
        new Delivered(
            exchange.getRequestHeaders().getFirst("webhook-id"),
            exchange.getRequestHeaders().getFirst("webhook-timestamp"),
            exchange.getRequestHeaders().getFirst("webhook-signature"),
            exchange.getRequestHeaders().getFirst("Content-Type"),
            body);
    int answer = status;
    synchronized (this) {
      (answer / 100 == 2 ? deliveries : refused).add(delivered);
    }
    if (answer / 100 == 3) {
      exchange.getResponseHeaders().add("Location", address());
    }
    exchange.sendResponseHeaders(answer, -1);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
