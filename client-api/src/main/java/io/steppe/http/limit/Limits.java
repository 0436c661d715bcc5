package io.steppe.http.limit;

import io.github.bucket4j.TimeMeter;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.steppe.http.Edge;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Refuses with 429 what one client asks too much: connections of an address, requests of an
 * address, requests of a token. A stream and a blocking query are one request. Health and metrics
 * are not limited.
 */
@ApplicationScoped
public class Limits {
  private static final Logger LOG = Logger.getLogger(Limits.class);

  /** Before the edge, so that refusing costs least; after the audit log, which has refusals too. */
  private static final int BEFORE_THE_EDGE = 1100;

  /** As Nomad says it, newline and all. */
  private static final String CONNECTIONS =
      "Your IP is issuing too many concurrent connections, please rate limit your calls\n";

  private static final String REQUESTS =
      "Your client is issuing too many requests, please rate limit your calls\n";

  private static final AttributeKey<Boolean> COUNTED = AttributeKey.valueOf("steppe.counted");
  private static final Set<String> FREE =
      Set.of("/v1/agent/health", "/v1/status/leader", "/v1/metrics");

  private final Optional<Connections> connections;
  private final Optional<Rates> addresses;
  private final Optional<Rates> tokens;

  Limits(LimitSettings settings) {
    int most = settings.httpMaxConnsPerClient();
    connections = most > 0 ? Optional.of(new Connections(most)) : Optional.empty();
    addresses = rates(settings.address(), settings.remembered());
    tokens = rates(settings.token(), settings.remembered());
  }

  private static Optional<Rates> rates(LimitSettings.Rate settings, int remembered) {
    return settings.rate() > 0
        ? Optional.of(
            new Rates(settings.rate(), settings.burst(), remembered, TimeMeter.SYSTEM_MILLISECONDS))
        : Optional.empty();
  }

  void register(@Observes Filters filters) {
    filters.register(this::handle, BEFORE_THE_EDGE);
  }

  private void handle(RoutingContext routing) {
    HttpServerRequest request = routing.request();
    String path = request.path();
    boolean counted = Request.of(routing).isMethodRefused();
    if (path == null || counted || path.startsWith("/q/") || FREE.contains(path)) {
      routing.next();
    } else if (!hasConnection(request)) {
      LOG.debugf("%s has too many connections", request.connection().remoteAddress());
      routing.response().putHeader("Connection", "close");
      routing.addEndHandler(ended -> request.connection().close());
      Edge.refuse(routing, new Refusal(429, CONNECTIONS));
    } else {
      Optional<Duration> wait = wait(request);
      if (wait.isPresent()) {
        long seconds = wait.get().plusMillis(999).toSeconds();
        routing.response().putHeader("Retry-After", Long.toString(Math.max(1, seconds)));
        Edge.refuse(routing, new Refusal(429, REQUESTS));
      } else {
        routing.next();
      }
    }
  }

  private Optional<Duration> wait(HttpServerRequest request) {
    return addresses
        .flatMap(rates -> rates.take(Client.address(request.remoteAddress().hostAddress())))
        .or(() -> tokens.flatMap(rates -> Client.token(request).flatMap(rates::take)));
  }

  /** A connection is counted with its first request, for as long as it is open. */
  private boolean hasConnection(HttpServerRequest request) {
    if (connections.isEmpty() || !(request.connection() instanceof ConnectionBase connection)) {
      return true;
    }
    Channel channel = connection.channelHandlerContext().channel();
    if (channel.attr(COUNTED).get() != null) {
      return true;
    }
    String address = Client.address(connection.remoteAddress().hostAddress());
    if (!connections.get().open(address)) {
      return false;
    }
    channel.attr(COUNTED).set(true);
    channel.closeFuture().addListener(closed -> connections.get().closed(address));
    return true;
  }
}
