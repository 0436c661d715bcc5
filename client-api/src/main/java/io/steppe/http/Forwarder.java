package io.steppe.http;

import io.steppe.http.failure.Refusal;
import io.steppe.tls.Tls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Passes requests on to another gateway and its answers back, piece by piece, with the token and
 * everything else they carry. What was passed on once is not passed on again.
 */
@ApplicationScoped
public class Forwarder {
  private static final Logger LOG = Logger.getLogger(Forwarder.class);

  /** Says that a request came from a gateway already. */
  public static final String FORWARDED = "X-Steppe-Forwarded";

  /** Of a connection, not of a request. */
  static final Set<String> HOPS =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "host");

  private static final int CONNECTIONS = 256;
  private static final int MOST_WAITING = 1024;

  /** Above the longest wait of a blocking query. */
  private static final Duration SILENCE = Duration.ofMinutes(11);

  private final HttpClient client;
  private final SocketForwarder sockets;

  Forwarder(Vertx vertx, Tls tls, SocketForwarder sockets) {
    this.sockets = sockets;
    HttpClientOptions options =
        Onward.client(tls, new HttpClientOptions())
            .setIdleTimeout((int) SILENCE.toSeconds())
            .setMaxWaitQueueSize(MOST_WAITING);
    client = vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(CONNECTIONS));
  }

  /**
   * Passes a request on to the first address that can be reached. Called on the event loop of the
   * request, whose body nobody has read yet.
   *
   * @param addresses {@code host:port}, or with {@code http://} or {@code https://} before
   * @param unreachable told to the client when none can be reached
   */
  public void forward(RoutingContext routing, List<String> addresses, Refusal unreachable) {
    HttpServerRequest request = routing.request();
    if (addresses.isEmpty() || request.headers().contains(FORWARDED)) {
      request.resume();
      Edge.refuse(routing, unreachable);
      return;
    }
    request.pause();
    if (SocketForwarder.isAsked(request)) {
      sockets.forward(routing, addresses, unreachable);
      return;
    }
    connect(request, addresses, 0)
        .onSuccess(passed -> pass(routing, passed, unreachable))
        .onFailure(
            error -> {
              LOG.warnf("%s can't be reached: %s", addresses, error.getMessage());
              request.resume();
              Edge.refuse(routing, unreachable);
            });
  }

  private Future<HttpClientRequest> connect(
      HttpServerRequest request, List<String> addresses, int next) {
    Future<HttpClientRequest> connected = client.request(options(request, addresses.get(next)));
    return next + 1 == addresses.size()
        ? connected
        : connected.recover(error -> connect(request, addresses, next + 1));
  }

  private static RequestOptions options(HttpServerRequest request, String address) {
    return Onward.request(request, address, new RequestOptions()).setMethod(request.method());
  }

  private static void pass(RoutingContext routing, HttpClientRequest passed, Refusal unreachable) {
    HttpServerRequest request = routing.request();
    request
        .headers()
        .forEach(
            (name, value) -> {
              if (!HOPS.contains(name.toLowerCase(Locale.ROOT))) {
                passed.headers().add(name, value);
              }
            });
    passed.putHeader(FORWARDED, "1");
    if (request.headers().contains(HttpHeaders.TRANSFER_ENCODING)) {
      passed.setChunked(true);
    }
    routing.addEndHandler(ended -> passed.reset());
    passed
        .send(request)
        .onSuccess(answer -> answer(routing, answer))
        .onFailure(error -> Edge.refuse(routing, unreachable));
  }

  private static void answer(RoutingContext routing, HttpClientResponse answer) {
    Request.of(routing).passedOn();
    HttpServerResponse response = routing.response().setStatusCode(answer.statusCode());
    answer
        .headers()
        .forEach(
            (name, value) -> {
              if (!HOPS.contains(name.toLowerCase(Locale.ROOT))) {
                response.headers().add(name, value);
              }
            });
    boolean sized = answer.headers().contains(HttpHeaders.CONTENT_LENGTH);
    boolean chunked = answer.headers().contains(HttpHeaders.TRANSFER_ENCODING);
    if (!sized) {
      response.setChunked(true);
    }
    if (!sized && !chunked) {
      // It ends with its connection; Vert.x writes without a length only what is chunked.
      response.putHeader(HttpHeaders.CONNECTION, "close");
      response.headersEndHandler(
          headers -> response.headers().remove(HttpHeaders.TRANSFER_ENCODING));
    }
    answer
        .pipeTo(response)
        .onFailure(error -> routing.request().connection().close())
        .onSuccess(
            done -> {
              if (!sized && !chunked) {
                routing.request().connection().close();
              }
            });
  }
}
