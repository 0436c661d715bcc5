package io.steppe.gateway.event;

import io.steppe.gateway.GatewaySettings;
import io.steppe.gateway.failure.Refusals;
import io.steppe.gateway.failure.Route;
import io.steppe.gateway.query.ReadParameters;
import io.steppe.gateway.service.Services;
import io.steppe.gateway.stream.Inflow;
import io.steppe.http.ContentTypes;
import io.steppe.http.Edge;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.query.GoErrors;
import io.steppe.http.query.GoValues;
import io.steppe.http.query.Query;
import io.steppe.http.stream.Item;
import io.steppe.http.stream.Outflow;
import io.steppe.http.stream.Streams;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.EventLine;
import io.steppe.rpc.v1.EventsGrpc;
import io.steppe.rpc.v1.SubscribeRequest;
import io.steppe.rpc.v1.SubscribeUp;
import io.steppe.rpc.v1.TopicFilter;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/**
 * {@code /v1/event/stream}: a line for each index, as event-service encoded it, and {@code {}} when
 * nothing happens. A subscription that broke with its service is taken up after the last line.
 */
@ApplicationScoped
public class EventRoute {
  private static final byte[] HEARTBEAT = "{}\n".getBytes(StandardCharsets.UTF_8);
  private static final Duration PAUSE = Duration.ofMillis(500);

  /** Instead of an index: no line came; the reader was cut. */
  private static final long NOTHING = -1;

  private static final long CUT = -2;

  private final Services services;
  private final Streams streams;
  private final Duration heartbeat;
  private final int credit;

  EventRoute(Services services, Streams streams, GatewaySettings settings) {
    this.services = services;
    this.streams = streams;
    heartbeat = settings.gateway().eventHeartbeat();
    credit = (int) settings.gateway().streamCredit().asLongValue();
  }

  void register(@Observes Router router) {
    router.route("/v1/event/stream").handler(this::stream);
  }

  private void stream(RoutingContext routing) {
    if (routing.request().method() != HttpMethod.GET || Request.of(routing).isMethodRefused()) {
      Edge.refuse(routing, Refusal.invalidMethod());
      return;
    }
    try {
      SubscribeRequest request = request(Request.of(routing));
      Outflow out = Outflow.untilClosed(routing, ContentTypes.JSON);
      streams.run(
          routing, out, failure -> Refusals.of(Route.EVENTS, failure), () -> follow(request, out));
    } catch (Refusal refusal) {
      Edge.refuse(routing, refusal);
    }
  }

  private SubscribeRequest request(Request request) {
    Query query = request.query();
    SubscribeRequest.Builder subscribe =
        SubscribeRequest.newBuilder()
            .setCaller(request.caller())
            .setIndex(index(query.text("index")))
            .setNamespace(ReadParameters.namespace(query))
            .setCredit(credit);
    query.all("topic").forEach(topic -> subscribe.addTopics(topic(topic)));
    return subscribe.build();
  }

  private static long index(String text) {
    if (text.isEmpty()) {
      return 0;
    }
    return Math.max(
        0,
        GoValues.integer(text)
            .orElseThrow(
                () -> Refusal.badRequest("Unable to parse index: " + GoErrors.atoi(text))));
  }

  private static TopicFilter topic(String text) {
    int colon = text.indexOf(':');
    String topic = colon < 0 ? text : text.substring(0, colon);
    String key = colon < 0 ? "*" : text.substring(colon + 1);
    if (topic.isEmpty() || key.isEmpty()) {
      throw Refusal.badRequest(
          "Invalid topic query: Invalid key value pair for topic, topic: " + text);
    }
    return TopicFilter.newBuilder().setTopic(topic).setKey(key).build();
  }

  private void follow(SubscribeRequest request, Outflow out)
      throws InterruptedException, ClosedChannelException {
    out.write(HEARTBEAT);
    SubscribeRequest from = request;
    while (true) {
      long last;
      try (Inflow<SubscribeUp, EventLine> lines = open(from)) {
        last = pass(lines, out);
      }
      if (last == CUT) {
        out.end();
        return;
      }
      from = last == NOTHING ? from : from.toBuilder().setIndex(last + 1).build();
      Thread.sleep(PAUSE);
    }
  }

  /**
   * Passes lines on until the subscription breaks; gives the index of the last, or why there is
   * none. A line that broke in its middle can't be taken up again.
   */
  private long pass(Inflow<SubscribeUp, EventLine> lines, Outflow out)
      throws InterruptedException, ClosedChannelException {
    long last = NOTHING;
    boolean within = false;
    while (true) {
      switch (lines.next(heartbeat)) {
        case null -> {
          if (!within) {
            out.write(HEARTBEAT);
          }
        }
        case Item.Message<EventLine>(EventLine line) -> {
          within = line.getMore();
          out.write(within ? line.getJson().toByteArray() : ended(line));
          lines.taken(line.getJson().size());
          last = line.getIndex();
        }
        case Item.End<EventLine> end -> {
          return within ? CUT : last;
        }
        case Item.Broken<EventLine>(var failure) -> {
          return failure.kind() == Kind.UNAVAILABLE && !within ? last : CUT;
        }
      }
    }
  }

  private Inflow<SubscribeUp, EventLine> open(SubscribeRequest request) {
    return Inflow.open(
        EventsGrpc.newStub(services.events())::subscribe,
        SubscribeUp.newBuilder().setRequest(request).build(),
        bytes -> SubscribeUp.newBuilder().setCredit(bytes).build(),
        () -> {});
  }

  private static byte[] ended(EventLine line) {
    byte[] json = Arrays.copyOf(line.getJson().toByteArray(), line.getJson().size() + 1);
    json[json.length - 1] = '\n';
    return json;
  }
}
