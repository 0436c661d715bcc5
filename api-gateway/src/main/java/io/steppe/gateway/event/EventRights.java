package io.steppe.gateway.event;

import io.steppe.acl.Access;
import io.steppe.acl.Identity;
import io.steppe.acl.Right;
import io.steppe.rpc.v1.SubscribeRequest;
import io.steppe.rpc.v1.TopicFilter;

/** What somebody needs who reads events. */
final class EventRights {
  /** Of topics whose events are in namespaces. */
  static final Right IN_NAMESPACES = Right.namespace("read-job");

  private EventRights() {}

  /** Whether somebody may read what a subscription is about. */
  static boolean may(Identity who, SubscribeRequest subscription) {
    return subscription.getTopicsCount() == 0
        ? who.may(new Right.Management(), "")
        : subscription.getTopicsList().stream()
            .map(TopicFilter::getTopic)
            .allMatch(topic -> who.may(right(topic), subscription.getNamespace()));
  }

  private static Right right(String topic) {
    return switch (topic) {
      case "Job", "Allocation", "Evaluation", "Deployment", "Service" -> IN_NAMESPACES;
      case "Node" -> new Right.Node(Access.READ);
      default -> new Right.Management();
    };
  }
}
