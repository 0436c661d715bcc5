package io.steppe.query;

import com.google.protobuf.Descriptors.Descriptor;
import io.steppe.proto.v1.ACLAuthMethodPayload;
import io.steppe.proto.v1.ACLBindingRulePayload;
import io.steppe.proto.v1.ACLPolicyPayload;
import io.steppe.proto.v1.ACLRolePayload;
import io.steppe.proto.v1.ACLTokenPayload;
import io.steppe.proto.v1.AllocationPayload;
import io.steppe.proto.v1.DeploymentPayload;
import io.steppe.proto.v1.EvaluationPayload;
import io.steppe.proto.v1.Event;
import io.steppe.proto.v1.JobPayload;
import io.steppe.proto.v1.NodePayload;
import io.steppe.proto.v1.NodePoolPayload;
import io.steppe.proto.v1.ServicePayload;
import java.util.List;
import java.util.Map;

/** Filters of events: their names are known before there is an event to look at. */
public final class EventFilters {
  private static final List<Descriptor> PAYLOADS =
      List.of(
          NodePayload.getDescriptor(),
          NodePoolPayload.getDescriptor(),
          JobPayload.getDescriptor(),
          EvaluationPayload.getDescriptor(),
          AllocationPayload.getDescriptor(),
          DeploymentPayload.getDescriptor(),
          ServicePayload.getDescriptor(),
          ACLTokenPayload.getDescriptor(),
          ACLPolicyPayload.getDescriptor(),
          ACLRolePayload.getDescriptor(),
          ACLAuthMethodPayload.getDescriptor(),
          ACLBindingRulePayload.getDescriptor());

  private static final Shape EVENT =
      new Shape.Fields(
          Event.getDescriptor(),
          Map.of("Payload", new Shape.AnyOf(PAYLOADS.stream().map(Shape::of).toList())));

  private EventFilters() {}

  /**
   * The filter of an expression over events.
   *
   * @throws InvalidFilterException for what is no expression, and for names that no event has
   */
  public static Filter parse(String expression) {
    Filter filter = Filter.parse(expression);
    filter.check(EVENT);
    return filter;
  }
}
