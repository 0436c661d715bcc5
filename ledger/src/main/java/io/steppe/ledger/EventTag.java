package io.steppe.ledger;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Optional;

/**
 * How a change shows on the event stream (reference: Events API). The payload is the changed object
 * itself.
 *
 * @param topic Job, Evaluation, Allocation, Deployment, Node, ...
 * @param type what happened: JobRegistered, PlanResult, ...
 * @param key the event's key: mostly the object's id
 * @param namespace empty for what has none
 * @param filterKeys further keys that a topic filter matches, null in JSON when there are none
 * @param lastObject the object as it last was, for a deletion; empty otherwise
 */
public record EventTag(
    String topic,
    String type,
    String key,
    String namespace,
    List<String> filterKeys,
    Optional<ByteString> lastObject) {

  public EventTag {
    filterKeys = List.copyOf(filterKeys);
  }

  public EventTag(
      String topic, String type, String key, String namespace, List<String> filterKeys) {
    this(topic, type, key, namespace, filterKeys, Optional.empty());
  }
}
