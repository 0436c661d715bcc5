package io.steppe.event.stream;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnsafeByteOperations;
import io.steppe.json.Json;
import io.steppe.ledger.Change;
import io.steppe.ledger.EventTag;
import io.steppe.ledger.LoggedChange;
import io.steppe.proto.v1.ACLAuthMethodPayload;
import io.steppe.proto.v1.ACLBindingRule;
import io.steppe.proto.v1.ACLBindingRulePayload;
import io.steppe.proto.v1.ACLPolicyPayload;
import io.steppe.proto.v1.ACLRole;
import io.steppe.proto.v1.ACLRolePayload;
import io.steppe.proto.v1.ACLTokenPayload;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.AllocationPayload;
import io.steppe.proto.v1.Deployment;
import io.steppe.proto.v1.DeploymentPayload;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.EvaluationPayload;
import io.steppe.proto.v1.Event;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.JobPayload;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodePayload;
import io.steppe.proto.v1.NodePool;
import io.steppe.proto.v1.NodePoolPayload;
import io.steppe.proto.v1.ServicePayload;
import io.steppe.proto.v1.ServiceRegistration;
import io.steppe.rpc.v1.StoredAuthMethod;
import io.steppe.rpc.v1.StoredPolicy;
import io.steppe.rpc.v1.StoredToken;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Turns changes of the log into events. */
final class EventEncoder {
  private static final Logger LOG = Logger.getLogger(EventEncoder.class);

  private final String region;

  EventEncoder(String region) {
    this.region = region;
  }

  /** The events of whole indexes of a log; an index without events is left out. */
  List<EncodedIndex> encode(long epoch, List<LoggedChange> changes) {
    List<EncodedIndex> indexes = new ArrayList<>();
    List<EncodedEvent> events = new ArrayList<>();
    for (int i = 0; i < changes.size(); i++) {
      LoggedChange change = changes.get(i);
      event(epoch, change).ifPresent(events::add);
      boolean last = i + 1 == changes.size() || changes.get(i + 1).index() != change.index();
      if (last && !events.isEmpty()) {
        indexes.add(new EncodedIndex(change.index(), events));
        events = new ArrayList<>();
      }
    }
    return indexes;
  }

  private Optional<EncodedEvent> event(long epoch, LoggedChange logged) {
    return logged.change().event().flatMap(tag -> event(epoch, logged, tag));
  }

  private Optional<EncodedEvent> event(long epoch, LoggedChange logged, EventTag tag) {
    try {
      CloudEvents.Origin origin =
          new CloudEvents.Origin(region, epoch, logged.index(), logged.ordinal(), logged.at());
      return payload(logged.change(), tag).map(payload -> encoded(origin, tag, payload));
    } catch (InvalidProtocolBufferException e) {
      LOG.errorf(
          e,
          "The object of event %s %s at index %d can't be read; it is left out",
          tag.topic(),
          tag.key(),
          logged.index());
      return Optional.empty();
    }
  }

  private static EncodedEvent encoded(CloudEvents.Origin origin, EventTag tag, Message object) {
    ByteString payload = UnsafeByteOperations.unsafeWrap(oneLine(Json.write(object)));
    Event.Builder event =
        Event.newBuilder()
            .setTopic(tag.topic())
            .setType(tag.type())
            .setKey(tag.key())
            .setNamespace(tag.namespace())
            .addAllFilterKeys(tag.filterKeys())
            .setIndex(origin.index())
            .setPayload(payload);
    ByteString json = UnsafeByteOperations.unsafeWrap(Json.write(event.build()));
    // The payload is the last field: its bytes are kept once.
    int end = json.size() - 1;
    event.setPayload(json.substring(end - payload.size(), end));
    return new EncodedEvent(event.build(), json, origin);
  }

  /** Raw values may hold white space as their author laid them out. */
  private static byte[] oneLine(byte[] json) {
    for (byte c : json) {
      if (c == '\n' || c == '\r') {
        return Json.compact(json);
      }
    }
    return json;
  }

  /** What the event shows of the object; nothing for a topic of a newer version of Steppe. */
  private static Optional<Message> payload(Change change, EventTag tag)
      throws InvalidProtocolBufferException {
    boolean deleted = change.object().isEmpty();
    ByteString object = change.object().or(tag::lastObject).orElse(ByteString.EMPTY);
    return switch (tag.topic()) {
      case "Node" ->
          Optional.of(
              NodePayload.newBuilder()
                  .setNode(Node.parseFrom(object).toBuilder().clearSecretId())
                  .build());
      case "NodePool" ->
          Optional.of(NodePoolPayload.newBuilder().setNodePool(NodePool.parseFrom(object)).build());
      case "Job" ->
          Optional.of(
              JobPayload.newBuilder().setJob(Job.parseFrom(object)).setDeleted(deleted).build());
      case "Evaluation" ->
          Optional.of(
              EvaluationPayload.newBuilder().setEvaluation(Evaluation.parseFrom(object)).build());
      case "Allocation" ->
          Optional.of(
              AllocationPayload.newBuilder()
                  .setAllocation(Allocation.parseFrom(object).toBuilder().clearJob())
                  .build());
      case "Deployment" ->
          Optional.of(
              DeploymentPayload.newBuilder().setDeployment(Deployment.parseFrom(object)).build());
      case "Service" ->
          Optional.of(
              ServicePayload.newBuilder()
                  .setService(ServiceRegistration.parseFrom(object))
                  .build());
      case "ACLToken" ->
          Optional.of(
              ACLTokenPayload.newBuilder()
                  .setAclToken(StoredToken.parseFrom(object).getToken())
                  .build());
      case "ACLPolicy" ->
          Optional.of(
              ACLPolicyPayload.newBuilder()
                  .setAclPolicy(StoredPolicy.parseFrom(object).getPolicy())
                  .build());
      case "ACLRole" ->
          Optional.of(ACLRolePayload.newBuilder().setAclRole(ACLRole.parseFrom(object)).build());
      case "ACLAuthMethod" ->
          Optional.of(
              ACLAuthMethodPayload.newBuilder()
                  .setAclAuthMethod(StoredAuthMethod.parseFrom(object).getMethod())
                  .build());
      case "ACLBindingRule" ->
          Optional.of(
              ACLBindingRulePayload.newBuilder()
                  .setAclBindingRule(ACLBindingRule.parseFrom(object))
                  .build());
      default -> {
        LOG.debugf("No payload is known for topic %s", tag.topic());
        yield Optional.empty();
      }
    };
  }
}
