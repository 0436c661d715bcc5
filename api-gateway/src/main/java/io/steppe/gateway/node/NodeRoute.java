package io.steppe.gateway.node;

import static io.steppe.http.route.Gives.list;
import static io.steppe.http.route.Gives.one;
import static io.steppe.http.route.Parameter.flag;
import static io.steppe.http.route.Parameter.text;
import static io.steppe.http.route.Trait.BLOCKING;
import static io.steppe.http.route.Trait.INDEXED;
import static io.steppe.http.route.Trait.PAGED;
import static io.steppe.rpc.Kind.CONFLICT;
import static io.steppe.rpc.Kind.INVALID;
import static io.steppe.rpc.Kind.NOT_FOUND;

import io.steppe.acl.Access;
import io.steppe.acl.Right;
import io.steppe.http.route.Description;
import io.steppe.http.route.Gives;
import io.steppe.http.route.Parameter;
import io.steppe.http.route.Route;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodeDrainUpdateResponse;
import io.steppe.proto.v1.NodeEligibilityUpdateResponse;
import io.steppe.proto.v1.NodeListStub;
import io.steppe.proto.v1.NodeUpdateDrainRequest;
import io.steppe.proto.v1.NodeUpdateEligibilityRequest;
import io.steppe.proto.v1.NodeUpdateResponse;

/** Routes about nodes. */
public enum NodeRoute implements Route {
  NODES(
      Description.get("/v1/nodes", "The nodes")
          .needs(new Right.Node(Access.READ))
          .takes(
              flag("resources", "With what they have and what is kept back"),
              flag("os", "With their operating system"))
          .gives(list(NodeListStub.getDefaultInstance()))
          .is(INDEXED, BLOCKING, PAGED)
          .refuses(INVALID, 400)),
  NODE(
      Description.get("/v1/node/{node_id}", "A node")
          .needs(new Right.Node(Access.READ))
          .gives(one(Node.getDefaultInstance()))
          .is(INDEXED, BLOCKING)
          .refuses(NOT_FOUND, 404, "node not found")),
  NODE_ALLOCATIONS(
      Description.get("/v1/node/{node_id}/allocations", "Its allocations that may be seen")
          .needs(new Right.Node(Access.READ))
          .gives(list(Allocation.getDefaultInstance()))
          .is(INDEXED, BLOCKING)
          .refuses(INVALID, 400)),
  NODE_ELIGIBILITY(
      Description.write("/v1/node/{node_id}/eligibility", "Lets the scheduler use it, or not")
          .needs(new Right.Node(Access.WRITE))
          .takes(NodeUpdateEligibilityRequest.getDefaultInstance())
          .gives(one(NodeEligibilityUpdateResponse.getDefaultInstance()))
          .is(INDEXED)
          .refuses(NOT_FOUND, 500, "node not found")),
  NODE_DRAIN(
      Description.write("/v1/node/{node_id}/drain", "Sets, changes or calls off its drain")
          .needs(new Right.Node(Access.WRITE))
          .takes(flag("enable", "Of old clients, which send no body"))
          .takes(NodeUpdateDrainRequest.getDefaultInstance())
          .gives(one(NodeDrainUpdateResponse.getDefaultInstance()))
          .is(INDEXED)
          .refuses(NOT_FOUND, 500, "node not found")),
  NODE_PURGE(
      Description.write("/v1/node/{node_id}/purge", "Forgets it; its allocations are lost")
          .needs(new Right.Node(Access.WRITE))
          .gives(one(NodeUpdateResponse.getDefaultInstance()))
          .is(INDEXED)
          .refuses(NOT_FOUND, 500, "node not found")),
  NODE_EVALUATE(
      Description.write("/v1/node/{node_id}/evaluate", "Has its jobs looked at again")
          .needs(new Right.Node(Access.WRITE))
          .gives(one(NodeUpdateResponse.getDefaultInstance()))
          .is(INDEXED)
          .refuses(NOT_FOUND, 500, "node not found")),
  NODES_DRAIN(
      many("/v1/nodes/drain", "Sets, changes or calls off the drains of many nodes")
          .takes(NodeUpdateDrainRequest.getDefaultInstance())),
  NODES_ELIGIBILITY(
      many("/v1/nodes/eligibility", "Lets the scheduler use many nodes, or not")
          .takes(NodeUpdateEligibilityRequest.getDefaultInstance())),
  NODES_PURGE(many("/v1/nodes/purge", "Forgets many nodes"));

  private final Description description;

  NodeRoute(Description description) {
    this.description = description;
  }

  @Override
  public Description description() {
    return description;
  }

  private static Description many(String path, String summary) {
    Parameter which = text("filter", "Expression over nodes that says which; never empty");
    return Description.write(path, summary)
        .needs(new Right.Node(Access.WRITE))
        .takes(which, flag("dry_run", "Only says which they are"))
        .gives(new Gives.Json("{\"NodeIDs\":[...],\"Index\":N}"))
        .is(INDEXED)
        .refuses(INVALID, 400)
        .refuses(CONFLICT, 409);
  }
}
