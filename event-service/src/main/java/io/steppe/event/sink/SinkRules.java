package io.steppe.event.sink;

import io.steppe.event.stream.EventFilter;
import io.steppe.proto.v1.EventSink;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.EventFormat;
import io.steppe.rpc.v1.SubscribeRequest;
import io.steppe.rpc.v1.TopicFilter;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What may be registered as a sink, and what it then reads. */
final class SinkRules {
  private static final String WEBHOOK = "webhook";
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
  private static final int SHORTEST_SECRET = 16;
  private static final int LONGEST_SECRET = 512;
  private static final int LONGEST_ADDRESS = 2048;
  private static final int MOST_TOPICS = 100;

  /** Hosts that sinks may have; "*.name" for all below a name. None for any. */
  private final List<String> hosts;

  SinkRules(List<String> hosts) {
    this.hosts = hosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
  }

  /**
   * The definition with its defaults.
   *
   * @throws Failure INVALID for one that can't be a sink
   */
  EventSink canonical(EventSink given) {
    if (!ID.matcher(given.getId()).matches()) {
      throw Failure.invalid(
          "invalid ID: must be letters, digits, \".\", \"_\" and \"-\", 128 at most");
    }
    if (!given.getType().isEmpty() && !given.getType().equals(WEBHOOK)) {
      throw Failure.invalid("invalid Type: must be " + WEBHOOK);
    }
    requireAddress(given.getAddress());
    requireSecret(given.getSecret());
    if (given.getTopicsCount() > MOST_TOPICS) {
      throw Failure.invalid("invalid Topics: " + MOST_TOPICS + " at most");
    }
    EventSink sink =
        given.toBuilder()
            .setType(WEBHOOK)
            .setNamespace(given.getNamespace().isEmpty() ? "default" : given.getNamespace())
            .setFormat(given.getFormat().isEmpty() ? "events" : given.getFormat())
            .clearState()
            .build();
    EventFilter.of(subscription(sink));
    return sink;
  }

  /**
   * What a sink reads.
   *
   * @throws Failure INVALID for topics or a format that can't be understood
   */
  static SubscribeRequest subscription(EventSink sink) {
    SubscribeRequest.Builder request =
        SubscribeRequest.newBuilder()
            .setNamespace(sink.getNamespace())
            .setFilter(sink.getFilter())
            .setFormat(format(sink.getFormat()));
    sink.getTopicsList().forEach(topic -> request.addTopics(topic(topic)));
    return request.build();
  }

  private static EventFormat format(String format) {
    return switch (format) {
      case "events" -> EventFormat.NATIVE;
      case "cloudevents" -> EventFormat.CLOUDEVENTS;
      default -> throw Failure.invalid("invalid Format: must be events or cloudevents");
    };
  }

  private static TopicFilter topic(String text) {
    int colon = text.indexOf(':');
    String topic = colon < 0 ? text : text.substring(0, colon);
    String key = colon < 0 ? "*" : text.substring(colon + 1);
    if (topic.isEmpty() || key.isEmpty()) {
      throw Failure.invalid("invalid Topics: \"" + text + "\" is no topic or topic:key");
    }
    return TopicFilter.newBuilder().setTopic(topic).setKey(key).build();
  }

  private void requireAddress(String address) {
    URI uri;
    try {
      uri = new URI(address);
    } catch (URISyntaxException e) {
      throw Failure.invalid("invalid Address: not a URL");
    }
    boolean http = "http".equalsIgnoreCase(uri.getScheme());
    boolean https = "https".equalsIgnoreCase(uri.getScheme());
    if (address.length() > LONGEST_ADDRESS || !(http || https) || uri.getHost() == null) {
      throw Failure.invalid("invalid Address: must be an http or https URL");
    }
    if (uri.getUserInfo() != null || uri.getFragment() != null) {
      throw Failure.invalid("invalid Address: must not have a user or a fragment");
    }
    if (!hosts.isEmpty() && hosts.stream().noneMatch(host -> matches(host, uri.getHost()))) {
      throw Failure.invalid("invalid Address: this cluster does not deliver to " + uri.getHost());
    }
  }

  private static boolean matches(String pattern, String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return pattern.startsWith("*.") ? name.endsWith(pattern.substring(1)) : name.equals(pattern);
  }

  /** Empty means: the one it has. */
  private static void requireSecret(String secret) {
    if (!secret.isEmpty()
        && (secret.length() < SHORTEST_SECRET || secret.length() > LONGEST_SECRET)) {
      throw Failure.invalid(
          "invalid Secret: must have " + SHORTEST_SECRET + " to " + LONGEST_SECRET + " characters");
    }
  }
}
