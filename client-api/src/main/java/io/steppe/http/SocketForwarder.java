package io.steppe.http;

import io.steppe.http.failure.Refusal;
import io.steppe.tls.Tls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketBase;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jboss.logging.Logger;

/**
 * Passes WebSockets on to another gateway, frame by frame in both directions, each read no faster
 * than the other one takes. Which end closes, and why, the other is told.
 */
@ApplicationScoped
class SocketForwarder {
  private static final Logger LOG = Logger.getLogger(SocketForwarder.class);
  private static final int CONNECTIONS = 256;

  /** What a close frame may not say: a connection ended without one, or without a reason. */
  private static final short NO_STATUS = 1005;

  private static final short WITHOUT_FRAME = 1006;
  private static final short FAILED = 1011;

  private final WebSocketClient client;

  SocketForwarder(Vertx vertx, Tls tls) {
    client =
        vertx.createWebSocketClient(
            Onward.client(tls, new WebSocketClientOptions()).setMaxConnections(CONNECTIONS));
  }

  /** Whether a request wants a WebSocket. */
  static boolean isAsked(HttpServerRequest request) {
    return "websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE));
  }

  /** As {@link Forwarder#forward}, of a request that is paused; there is at least one address. */
  void forward(RoutingContext routing, List<String> addresses, Refusal unreachable) {
    connect(routing.request(), addresses, 0)
        .onSuccess(there -> join(routing, there))
        .onFailure(
            error -> {
              routing.request().resume();
              Edge.refuse(
                  routing,
                  error instanceof UpgradeRejectedException rejected
                      ? refusal(rejected)
                      : unreachable);
            });
  }

  private static Refusal refusal(UpgradeRejectedException rejected) {
    return new Refusal(rejected.getStatus(), rejected.getBody().toString(StandardCharsets.UTF_8));
  }

  private Future<WebSocket> connect(HttpServerRequest request, List<String> addresses, int next) {
    Future<WebSocket> connected = client.connect(options(request, addresses.get(next)));
    return next + 1 == addresses.size()
        ? connected
        : connected.recover(
            error ->
                error instanceof UpgradeRejectedException
                    ? Future.failedFuture(error)
                    : connect(request, addresses, next + 1));
  }

  private static WebSocketConnectOptions options(HttpServerRequest request, String address) {
    WebSocketConnectOptions options =
        Onward.request(request, address, new WebSocketConnectOptions());
    request
        .headers()
        .forEach(
            (name, value) -> {
              String lower = name.toLowerCase(Locale.ROOT);
              if (!Forwarder.HOPS.contains(lower) && !lower.startsWith("sec-websocket-")) {
                options.addHeader(name, value);
              }
            });
    options.addHeader(Forwarder.FORWARDED, "1");
    return options;
  }

  private static void join(RoutingContext routing, WebSocket there) {
    there.pause();
    Request.of(routing).passedOn();
    routing
        .request()
        .toWebSocket()
        .onSuccess(
            here -> {
              pipe(here, there);
              pipe(there, here);
              there.resume();
            })
        .onFailure(
            error -> {
              LOG.debugf(error, "No WebSocket came about");
              there.close();
            });
  }

  private static void pipe(WebSocketBase from, WebSocketBase to) {
    from.exceptionHandler(error -> LOG.debugf(error, "A WebSocket broke"));
    from.frameHandler(
        frame -> {
          if (isData(frame)) {
            to.writeFrame(frame);
            if (to.writeQueueFull()) {
              from.pause();
              to.drainHandler(drained -> from.resume());
            }
          }
        });
    from.closeHandler(
        closed -> {
          Short status = from.closeStatusCode();
          if (status == null || status == NO_STATUS) {
            to.close();
          } else {
            to.close(status == WITHOUT_FRAME ? FAILED : status, from.closeReason());
          }
        });
  }

  private static boolean isData(WebSocketFrame frame) {
    return frame.isText() || frame.isBinary() || frame.isContinuation();
  }
}
