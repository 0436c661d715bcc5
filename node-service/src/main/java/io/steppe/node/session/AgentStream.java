package io.steppe.node.session;

import io.grpc.stub.ServerCallStreamObserver;
import io.steppe.ledger.Snapshot;
import io.steppe.node.view.NodeView;
import io.steppe.rpc.v1.AgentDown;
import io.steppe.rpc.v1.AgentRequest;
import io.steppe.rpc.v1.HeartbeatAck;
import io.steppe.rpc.v1.Registered;
import io.steppe.rpc.v1.UpdatesAck;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What goes down to an agent. Sends while the transport takes it; what waits is bounded: one
 * heartbeat's answer, a number of small messages, and the ids of the node's allocations.
 * Thread-safe; never blocks.
 */
final class AgentStream {
  private static final int MAX_WAITING = 8_192;

  private final ServerCallStreamObserver<AgentDown> out;
  private final Supplier<Snapshot<NodeView>> view;
  private final Deque<AgentDown> waiting = new ArrayDeque<>();
  private Optional<HeartbeatAck> heartbeat = Optional.empty();
  private Optional<AllocationBacklog> allocations = Optional.empty();
  private boolean closed;

  AgentStream(ServerCallStreamObserver<AgentDown> out, Supplier<Snapshot<NodeView>> view) {
    this.out = out;
    this.view = view;
  }

  /** The node is registered; all its allocations follow, and from then on their changes. */
  synchronized void registered(String nodeId, Registered message) {
    waiting.add(AgentDown.newBuilder().setRegistered(message).build());
    AllocationBacklog backlog = new AllocationBacklog(nodeId);
    backlog.all(view.get().view());
    allocations = Optional.of(backlog);
    drain();
  }

  /** Everything is to be told again. */
  synchronized void allocationsReloaded() {
    allocations.ifPresent(backlog -> backlog.all(view.get().view()));
    drain();
  }

  /** Notes changed allocations; {@link #drain} sends them. */
  synchronized void allocationsChanged(Collection<String> ids) {
    allocations.ifPresent(backlog -> ids.forEach(backlog::changed));
  }

  /** Answers the latest heartbeat. */
  synchronized void heartbeat(HeartbeatAck ack) {
    heartbeat = Optional.of(ack);
    drain();
  }

  /** Says that the updates of a sequence are committed. */
  void acknowledge(long sequence) {
    send(AgentDown.newBuilder().setUpdates(UpdatesAck.newBuilder().setSequence(sequence)).build());
  }

  /** Asks the agent; false when it doesn't read or is gone. */
  boolean request(AgentRequest request) {
    return send(AgentDown.newBuilder().setRequest(request).build());
  }

  private synchronized boolean send(AgentDown message) {
    if (closed) {
      return false;
    }
    if (waiting.size() >= MAX_WAITING) {
      close(Ending.NOT_READING);
      return false;
    }
    waiting.add(message);
    drain();
    return !closed;
  }

  /** Sends what the transport takes now; called again when it takes more. */
  synchronized void drain() {
    while (!closed && out.isReady()) {
      Optional<AgentDown> next = next();
      if (next.isEmpty()) {
        return;
      }
      out.onNext(next.get());
    }
  }

  private Optional<AgentDown> next() {
    if (!waiting.isEmpty()) {
      return Optional.of(waiting.poll());
    }
    if (heartbeat.isPresent()) {
      AgentDown ack = AgentDown.newBuilder().setHeartbeat(heartbeat.get()).build();
      heartbeat = Optional.empty();
      return Optional.of(ack);
    }
    return allocations
        .flatMap(backlog -> backlog.next(view.get()))
        .map(message -> AgentDown.newBuilder().setAllocations(message).build());
  }

  /** Ends the stream; what waits is forgotten. */
  synchronized void close(Ending why) {
    if (closed) {
      return;
    }
    closed = true;
    waiting.clear();
    allocations = Optional.empty();
    if (why.status().isOk()) {
      out.onCompleted();
    } else {
      out.onError(why.status().asRuntimeException());
    }
  }

  /** The agent's side ended: nothing can be sent any more. */
  synchronized void gone() {
    closed = true;
    waiting.clear();
    allocations = Optional.empty();
  }
}
