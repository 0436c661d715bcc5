package io.steppe.event.stream;

import io.steppe.proto.v1.Event;
import io.steppe.query.EventFilters;
import io.steppe.query.Filter;
import io.steppe.query.InvalidFilterException;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.SubscribeRequest;
import io.steppe.rpc.v1.TopicFilter;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a subscriber wants: events of its namespace, or of none, that match one of its topics and
 * for which its expression holds.
 *
 * @param namespace "*" for all
 * @param visible of events in namespaces, only those in these may be seen; none for all
 * @param topics none for all
 * @param expression over the whole event; an event that lacks what it names does not match
 */
public record EventFilter(
    String namespace,
    Optional<Set<String>> visible,
    List<TopicFilter> topics,
    Optional<Filter> expression) {
  private static final String ANY = "*";

  public EventFilter {
    topics = List.copyOf(topics);
  }

  /**
   * What a request asks for.
   *
   * @throws Failure INVALID for a filter expression that does not parse, or names what no event has
   */
  public static EventFilter of(SubscribeRequest request) {
    String namespace = request.getNamespace().isEmpty() ? "default" : request.getNamespace();
    Optional<Set<String>> visible =
        request.getRestricted()
            ? Optional.of(Set.copyOf(request.getVisibleList()))
            : Optional.empty();
    return new EventFilter(
        namespace, visible, request.getTopicsList(), expression(request.getFilter()));
  }

  private static Optional<Filter> expression(String text) {
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(EventFilters.parse(text));
    } catch (InvalidFilterException e) {
      throw Failure.invalid("Invalid filter: " + e.getMessage());
    }
  }

  boolean matches(Event event) {
    return seesNamespace(event.getNamespace())
        && (topics.isEmpty() || topics.stream().anyMatch(topic -> matches(topic, event)))
        && expression.stream().allMatch(filter -> holds(filter, event));
  }

  private boolean seesNamespace(String of) {
    boolean asked = namespace.equals(ANY) || of.equals(namespace);
    return of.isEmpty() || asked && visible.map(names -> names.contains(of)).orElse(true);
  }

  private static boolean holds(Filter filter, Event event) {
    try {
      return filter.matches(event);
    } catch (InvalidFilterException lacking) {
      return false;
    }
  }

  private static boolean matches(TopicFilter filter, Event event) {
    String key = filter.getKey();
    return (filter.getTopic().equals(ANY) || filter.getTopic().equals(event.getTopic()))
        && (key.equals(ANY)
            || key.equals(event.getKey())
            || event.getFilterKeysList().contains(key));
  }
}
