package io.steppe.gateway.event;

import io.steppe.gateway.query.ReadParameters;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.query.GoErrors;
import io.steppe.http.query.GoValues;
import io.steppe.http.query.Query;
import io.steppe.query.EventFilters;
import io.steppe.query.InvalidFilterException;
import io.steppe.rpc.v1.SubscribeRequest;
import io.steppe.rpc.v1.TopicFilter;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Optional;

/**
 * What a request for events asks for.
 *
 * @param subscription without caller, index, end and credit: what is the same for all who read the
 *     same
 * @param index the first wanted; 0 for all there is
 */
record EventQuery(SubscribeRequest subscription, long index, EventStyle style) {
  private static final String LAST_EVENT_ID = "Last-Event-ID";

  /**
   * Reads the parameters of a stream.
   *
   * @throws Refusal 400 for those that can't be understood
   */
  static EventQuery stream(RoutingContext routing) {
    Query query = Request.of(routing).query();
    String last = routing.request().getHeader(LAST_EVENT_ID);
    long index =
        last == null || last.isEmpty()
            ? index("index", query.text("index"))
            : index(LAST_EVENT_ID, last) + 1;
    return of(routing, query, index);
  }

  /**
   * The same, of what is in some namespaces and in none.
   *
   * @param names none for all
   */
  EventQuery within(Optional<List<String>> names) {
    SubscribeRequest seen =
        subscription.toBuilder()
            .setRestricted(names.isPresent())
            .clearVisible()
            .addAllVisible(names.orElse(List.of()))
            .build();
    return new EventQuery(seen, index, style);
  }

  /** The same without an index. */
  static EventQuery piece(RoutingContext routing) {
    return of(routing, Request.of(routing).query(), 0);
  }

  private static EventQuery of(RoutingContext routing, Query query, long index) {
    EventStyle style = EventStyle.of(routing.request().getHeader("Accept"), query);
    SubscribeRequest.Builder subscription =
        SubscribeRequest.newBuilder()
            .setNamespace(ReadParameters.namespace(query))
            .setFilter(filter(query.text("filter")))
            .setFormat(style.format());
    query.all("topic").forEach(topic -> subscription.addTopics(topic(topic)));
    return new EventQuery(subscription.build(), index, style);
  }

  /**
   * A parameter that is an index; 0 where it is empty or negative.
   *
   * @throws Refusal 400 for what is no number
   */
  static long index(String name, String text) {
    if (text.isEmpty()) {
      return 0;
    }
    return Math.max(
        0,
        GoValues.integer(text)
            .orElseThrow(
                () -> Refusal.badRequest("Unable to parse " + name + ": " + GoErrors.atoi(text))));
  }

  private static String filter(String text) {
    try {
      if (!text.isEmpty()) {
        EventFilters.parse(text);
      }
      return text;
    } catch (InvalidFilterException e) {
      throw Refusal.badRequest("Invalid filter: " + e.getMessage());
    }
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
}
