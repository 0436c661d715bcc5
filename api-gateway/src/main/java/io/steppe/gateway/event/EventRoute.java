package io.steppe.gateway.event;

import io.steppe.acl.Identity;
import io.steppe.gateway.GatewaySettings;
import io.steppe.gateway.answer.Visible;
import io.steppe.http.Edge;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.stream.Outflow;
import io.steppe.http.stream.Streams;
import io.steppe.rpc.Callers;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** {@code /v1/event/stream}, which goes on, and {@code /v1/event/range}, which ends. */
@ApplicationScoped
public class EventRoute {
  private static final String LOST = "its reader may not see all of it any more; subscribe again";

  private final Subscriptions subscriptions;
  private final Feeds feeds;
  private final Streams streams;
  private final Stalls stalls;
  private final Visible visible;
  private final Duration heartbeat;

  EventRoute(
      Subscriptions subscriptions,
      Feeds feeds,
      Streams streams,
      Stalls stalls,
      Visible visible,
      GatewaySettings settings) {
    this.subscriptions = subscriptions;
    this.feeds = feeds;
    this.streams = streams;
    this.stalls = stalls;
    this.visible = visible;
    heartbeat = settings.gateway().eventHeartbeat();
  }

  void register(@Observes Router router) {
    router.route("/v1/event/stream").handler(routing -> get(routing, this::stream));
    router.route("/v1/event/range").handler(routing -> get(routing, this::range));
  }

  private static void get(RoutingContext routing, Consumer<RoutingContext> answer) {
    try {
      if (routing.request().method() != HttpMethod.GET || Request.of(routing).isMethodRefused()) {
        throw Refusal.invalidMethod();
      }
      answer.accept(routing);
    } catch (Refusal refusal) {
      Edge.refuse(routing, refusal);
    }
  }

  private void stream(RoutingContext routing) {
    EventQuery query = EventQuery.stream(routing);
    Outflow out = Outflow.untilClosed(routing, query.style().contentType());
    routing.response().putHeader("Cache-Control", "no-cache");
    streams.run(
        routing,
        out,
        StreamRoute.EVENTS::refusal,
        () -> {
          Request request = Request.of(routing);
          EventQuery seen;
          try {
            seen = admit(request, StreamRoute.EVENTS, query);
          } catch (Refusal denied) {
            // Clients of streams are used to one that ends at once.
            out.denied();
            return;
          }
          Follower follower =
              new Follower(seen, request.caller(), out, subscriptions, feeds, heartbeat, stalls);
          out.onLost(() -> follower.end(LOST));
          follower.run();
        });
  }

  private void range(RoutingContext routing) {
    RangeAnswer answer = RangeAnswer.of(routing, subscriptions);
    streams.run(
        routing,
        answer.out(),
        StreamRoute.EVENT_RANGE::refusal,
        () -> {
          Request request = Request.of(routing);
          EventQuery seen = admit(request, StreamRoute.EVENT_RANGE, answer.query());
          answer.run(request.caller(), seen);
        });
  }

  /** What the caller may see of what it asks for, as long as it is the same. */
  private EventQuery admit(Request request, StreamRoute route, EventQuery query) {
    Identity who = request.identity();
    Optional<List<String>> names = names(who, query);
    request
        .admission()
        .admit(
            route,
            now ->
                EventRights.may(now, query.subscription())
                    && (now == who || names(now, query).equals(names)));
    return query.within(names);
  }

  /** Of all namespaces, those that somebody may see. */
  private Optional<List<String>> names(Identity who, EventQuery query) {
    return query.subscription().getNamespace().equals("*")
        ? visible.to(who.acl(), Callers.of(who.accessorId()), EventRights.IN_NAMESPACES)
        : Optional.empty();
  }
}
