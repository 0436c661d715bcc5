package io.steppe.clientapi;

import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.query.Ids;
import io.steppe.http.stream.Item;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Calls of nodes and of their allocations, and answers that are taken whole. */
@ApplicationScoped
class NodeCalls {
  private final ClientCalls clients;
  private final Whereabouts nodes;
  private final Duration patience;

  NodeCalls(ClientCalls clients, Whereabouts nodes, ClientSettings settings) {
    this.clients = clients;
    this.nodes = nodes;
    patience = settings.patience();
  }

  /**
   * A call about an allocation, of the node that has it, for a caller who may make it.
   *
   * @throws Refusal 400 without an id, 500 for text that is none, 404 for one that nobody knows,
   *     403 for one in a namespace where the caller has not the route's right, 500 for what can be
   *     no token
   */
  ClientRequest.Builder ofAllocation(Request request, ClientRoute route, String id) {
    if (id.isEmpty()) {
      throw Refusal.badRequest("must provide a valid alloc id");
    }
    String allocation = Ids.whole("alloc", id);
    Whereabouts.Place place = place(request, allocation);
    request.check(route, place.namespace());
    return ClientRequest.newBuilder()
        .setCaller(request.caller())
        .setNodeId(place.nodeId())
        .setAllocId(allocation);
  }

  /** Of an allocation that is nowhere only those are told whose token somebody has. */
  private Whereabouts.Place place(Request request, String allocation) {
    try {
      return nodes.ofAllocation(request.unnamed(), allocation);
    } catch (Refusal unknown) {
      throw request.admission().isSomebodys() ? unknown : Refusal.denied();
    }
  }

  /**
   * A call of a node itself, for a caller who may make it; without an id, of the one that is asked.
   *
   * @throws Refusal 403 for a caller without the route's right, 500 for what can be no token
   */
  ClientRequest.Builder ofNode(Request request, ClientRoute route, String id) {
    request.check(route);
    return ClientRequest.newBuilder()
        .setCaller(request.caller())
        .setNodeId(nodes.ofNode(request.caller(), id));
  }

  /**
   * The only frame of a node's answer.
   *
   * @throws Refusal 500 for a node that nobody knows
   */
  ClientFrame ofHost(Request request, ClientRequest.Builder call) throws InterruptedException {
    try {
      return one(call);
    } catch (Failure failure) {
      if (failure.kind() == Kind.NOT_FOUND && !nodes.isKnown(request.caller(), call.getNodeId())) {
        throw new Refusal(500, "Unknown node " + call.getNodeId());
      }
      throw failure;
    }
  }

  /** The only frame of an answer. */
  ClientFrame one(ClientRequest.Builder call) throws InterruptedException {
    return all(call).getFirst();
  }

  /** All frames of an answer: at least one. */
  List<ClientFrame> all(ClientRequest.Builder call) throws InterruptedException {
    List<ClientFrame> frames = new ArrayList<>();
    try (Answer answer = clients.ask(call.build(), patience)) {
      while (true) {
        switch (answer.next(patience)) {
          case null ->
              throw Failure.unavailable(
                  "The agent did not answer within " + patience.toSeconds() + " s");
          case Item.Message<ClientFrame>(ClientFrame frame) -> frames.add(frame);
          case Item.Broken<ClientFrame>(Failure failure) -> throw failure;
          case Item.End<ClientFrame> end -> {
            if (frames.isEmpty()) {
              throw Failure.unavailable("The agent gave no answer");
            }
            return frames;
          }
        }
      }
    }
  }
}
