package io.steppe.clientapi;

import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.stream.Standing;
import io.steppe.http.stream.Streams;
import io.steppe.json.InvalidJsonException;
import io.steppe.json.Json;
import io.steppe.proto.v1.ExecHandshake;
import io.steppe.rpc.Failure;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Commands that clients run in tasks, each over a WebSocket of its own. */
@ApplicationScoped
class Execs {
  private static final Logger LOG = Logger.getLogger(Execs.class);

  /** A command may say nothing until it is told something, so its first word is not waited for. */
  private static final Duration SOON = Duration.ofMillis(20);

  private final ClientCalls clients;
  private final NodeCalls calls;
  private final Streams streams;
  private final Standing standing;

  Execs(ClientCalls clients, NodeCalls calls, Streams streams, Standing standing) {
    this.clients = clients;
    this.calls = calls;
    this.streams = streams;
    this.standing = standing;
  }

  /**
   * Runs a command, as the request's parameters say.
   *
   * @throws Refusal when it is no request for a WebSocket, or not understood. Everything else its
   *     client is told when the connection closes.
   */
  void open(RoutingContext routing, String id) {
    Request request = Request.of(routing);
    ExecQuery query = ExecQuery.of(request);
    if (!isUpgrade(routing.request())) {
      throw Refusal.badRequest("Bad Request");
    }
    if (!isOwnOrigin(routing.request())) {
      throw new Refusal(403, "Forbidden");
    }
    routing
        .request()
        .toWebSocket()
        .onSuccess(socket -> begin(socket, request, query, id))
        .onFailure(error -> LOG.debugf(error, "No WebSocket came about"));
  }

  private void begin(ServerWebSocket socket, Request request, ExecQuery query, String id) {
    // The terminal needs the thread to end when its client goes, and the thread the terminal.
    Terminal[] terminal = new Terminal[1];
    Optional<Thread> thread = streams.thread(() -> run(terminal[0], request, query, id));
    terminal[0] = new Terminal(socket, () -> thread.ifPresent(Thread::interrupt));
    thread.ifPresentOrElse(Thread::start, () -> ExecSession.refuse(terminal[0], Streams.tooMany()));
  }

  private void run(Terminal terminal, Request request, ExecQuery query, String id) {
    try {
      if (query.greets()) {
        request.showsToken(greeted(terminal));
      }
      var call =
          calls
              .ofAllocation(request, ClientRoute.ALLOCATION_EXEC, id)
              .setExec(query.exec())
              .build();
      try (Answer answer = clients.ask(call, SOON);
          var watched = standing.watch(request.admission(), () -> lost(terminal, answer))) {
        new ExecSession(terminal, answer).run();
      }
    } catch (Refusal refusal) {
      ExecSession.refuse(terminal, refusal);
    } catch (Failure failure) {
      ExecSession.refuse(terminal, ClientRefusals.of(ClientRoute.ALLOCATION_EXEC, failure));
    } catch (ClosedChannelException | InterruptedException gone) {
      LOG.debugf("The client of a command in %s is gone", id);
    } catch (RuntimeException | Error e) {
      LOG.errorf(e, "A command in %s failed", id);
      terminal.close(Terminal.FAILED, "Internal error; the log says more");
    }
  }

  private static void lost(Terminal terminal, Answer answer) {
    ExecSession.refuse(terminal, Refusal.denied());
    answer.close();
  }

  /** Takes the greeting of clients that send one; the token in it. */
  private static String greeted(Terminal terminal)
      throws InterruptedException, ClosedChannelException {
    try {
      ExecHandshake greeting = Json.read(terminal.next(), ExecHandshake.getDefaultInstance());
      if (greeting.getVersion() != 1) {
        throw Refusal.badRequest("unexpected handshake value: " + greeting.getVersion());
      }
      return greeting.getAuthToken();
    } catch (InvalidJsonException e) {
      throw Refusal.badRequest("failed to decode handshake: " + e.getMessage());
    }
  }

  private static boolean isUpgrade(HttpServerRequest request) {
    String upgrade = request.getHeader(HttpHeaders.UPGRADE);
    return upgrade != null && upgrade.toLowerCase(Locale.ROOT).equals("websocket");
  }

  /** Whether no page of somebody else's has a browser run commands here. */
  private static boolean isOwnOrigin(HttpServerRequest request) {
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    if (origin == null) {
      return true;
    }
    try {
      String from = URI.create(origin).getAuthority();
      return from != null && from.equalsIgnoreCase(request.getHeader(HttpHeaders.HOST));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
