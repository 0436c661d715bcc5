package io.steppe.event.stream;

import io.steppe.rpc.v1.SubscribeRequest;
import io.steppe.rpc.v1.TopicFilter;
import java.util.List;

/**
 * What a subscriber wants: events of its namespace, or of none, that match one of its topics.
 *
 * @param namespace "*" for all
 * @param topics none for all
 */
record EventFilter(String namespace, List<TopicFilter> topics) {
  private static final String ANY = "*";

  EventFilter {
    topics = List.copyOf(topics);
  }

  static EventFilter of(SubscribeRequest request) {
    String namespace = request.getNamespace().isEmpty() ? "default" : request.getNamespace();
    return new EventFilter(namespace, request.getTopicsList());
  }

  boolean matches(EncodedEvent event) {
    boolean visible =
        namespace.equals(ANY) || event.namespace().isEmpty() || event.namespace().equals(namespace);
    return visible
        && (topics.isEmpty() || topics.stream().anyMatch(topic -> matches(topic, event)));
  }

  private static boolean matches(TopicFilter filter, EncodedEvent event) {
    String key = filter.getKey();
    return (filter.getTopic().equals(ANY) || filter.getTopic().equals(event.topic()))
        && (key.equals(ANY) || key.equals(event.key()) || event.filterKeys().contains(key));
  }
}
