package io.steppe.gateway.event;

import io.steppe.gateway.GatewaySettings;
import io.steppe.gateway.answer.Visible;
import io.steppe.http.Edge;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.stream.Outflow;
import io.steppe.http.stream.Streams;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.function.Consumer;

/** {@code /v1/event/stream}, which goes on, and {@code /v1/event/range}, which ends. */
@ApplicationScoped
public class EventRoute {
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
          try {
            admit(request, StreamRoute.EVENTS, query);
          } catch (Refusal denied) {
            // Clients of streams are used to one that ends at once.
            out.denied();
            return;
          }
          new Follower(
                  seen(request, query),
                  request.caller(),
                  out,
                  subscriptions,
                  feeds,
                  heartbeat,
                  stalls)
              .run();
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
          admit(request, StreamRoute.EVENT_RANGE, answer.query());
          answer.run(request.caller(), seen(request, answer.query()));
        });
  }

  private static void admit(Request request, StreamRoute route, EventQuery query) {
    request.admission().admit(route, who -> EventRights.may(who, query.subscription()));
  }

  /** Of all namespaces, those that the caller may see. */
  private EventQuery seen(Request request, EventQuery query) {
    return query.subscription().getNamespace().equals("*")
        ? query.within(
            visible.to(request.identity().acl(), request.caller(), EventRights.IN_NAMESPACES))
        : query;
  }
}
