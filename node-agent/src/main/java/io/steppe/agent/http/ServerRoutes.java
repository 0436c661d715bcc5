package io.steppe.agent.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.steppe.agent.boot.AgentProcess;
import io.steppe.agent.boot.AgentSettings;
import io.steppe.http.ContentTypes;
import io.steppe.http.Edge;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.stream.Outflow;
import io.steppe.http.stream.Streams;
import io.steppe.json.Json;
import io.steppe.rpc.Channels;
import io.steppe.tls.Tls;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** {@code /v1/agent/servers}: the replicas of node-service that this agent dials. */
@ApplicationScoped
public class ServerRoutes {
  private static final Duration PING = Duration.ofSeconds(3);
  private static final int MOST = 32;
  private static final String DEFAULT_PORT = ":4651";

  private final Streams streams;
  private final AgentProcess process;
  private final AgentSettings settings;
  private final Tls tls;

  ServerRoutes(Streams streams, AgentProcess process, AgentSettings settings, Tls tls) {
    this.streams = streams;
    this.process = process;
    this.settings = settings;
    this.tls = tls;
  }

  void register(@Observes Router router) {
    if (settings.agent().http().enabled()) {
      router.route("/v1/agent/servers").handler(this::servers);
    }
  }

  private void servers(RoutingContext routing) {
    Request request = Request.of(routing);
    String method = request.isMethodRefused() ? "" : routing.request().method().name();
    Outflow out = Outflow.whole(routing, ContentTypes.JSON);
    switch (method) {
      case "GET" ->
          run(
              routing,
              out,
              () -> {
                request.check(AgentRoute.AGENT_SERVERS);
                out.whole(request.laidOut(list(process.agent().servers())));
              });
      case "PUT", "POST" ->
          run(
              routing,
              out,
              () -> {
                request.check(AgentRoute.AGENT_SERVERS_UPDATE);
                replace(request.query().all("address"));
                out.nothing();
              });
      default -> Edge.refuse(routing, Refusal.invalidMethod());
    }
  }

  private void run(RoutingContext routing, Outflow out, Streams.Answering answering) {
    streams.run(routing, out, failure -> new Refusal(500, failure.getMessage()), answering);
  }

  private void replace(List<String> given) throws InterruptedException {
    List<String> addresses = given.stream().filter(address -> !address.isBlank()).toList();
    if (addresses.isEmpty()) {
      throw Refusal.badRequest("missing server address");
    }
    if (addresses.size() > MOST) {
      throw Refusal.badRequest("too many server addresses");
    }
    List<String> whole = addresses.stream().map(ServerRoutes::withPort).toList();
    List<String> errors = new ArrayList<>();
    for (String address : whole) {
      ping(address, errors);
    }
    if (errors.size() == whole.size()) {
      String count = errors.size() == 1 ? "1 error" : errors.size() + " errors";
      throw Refusal.badRequest(count + " occurred:\n\t* " + String.join("\n\t* ", errors) + "\n\n");
    }
    process.agent().dial(whole);
  }

  private static String withPort(String address) {
    return address.matches(".*:[0-9]+") ? address.strip() : address.strip() + DEFAULT_PORT;
  }

  /** Whether somebody speaks gRPC there. */
  private void ping(String address, List<String> errors) throws InterruptedException {
    ManagedChannel channel;
    try {
      channel = Channels.open(address, tls);
    } catch (IllegalArgumentException e) {
      errors.add("address " + address + " is none");
      return;
    }
    try {
      if (!isReached(channel)) {
        errors.add("Server at address " + address + " failed ping: rpc error: failed to get conn");
      }
    } finally {
      Channels.close(channel);
    }
  }

  private static boolean isReached(ManagedChannel channel) throws InterruptedException {
    long end = System.nanoTime() + PING.toNanos();
    ConnectivityState state = channel.getState(true);
    while (state != ConnectivityState.READY && state != ConnectivityState.TRANSIENT_FAILURE) {
      CountDownLatch changed = new CountDownLatch(1);
      channel.notifyWhenStateChanged(state, changed::countDown);
      if (!changed.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
        return false;
      }
      state = channel.getState(false);
    }
    return state == ConnectivityState.READY;
  }

  private static byte[] list(List<String> addresses) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = Json.generator(bytes)) {
      out.writeStartArray();
      for (String address : addresses) {
        out.writeString(address);
      }
      out.writeEndArray();
    } catch (IOException e) {
      throw new UncheckedIOException("Memory can't fail to be written", e);
    }
    return bytes.toByteArray();
  }
}
