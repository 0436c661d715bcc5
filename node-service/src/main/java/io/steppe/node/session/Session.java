package io.steppe.node.session;

import io.steppe.node.session.SessionState.Claimed;
import io.steppe.node.session.SessionState.Ended;
import io.steppe.node.session.SessionState.Expiring;
import io.steppe.node.session.SessionState.Live;
import io.steppe.node.session.SessionState.Opened;
import io.steppe.node.session.SessionState.Registering;
import io.steppe.node.session.SessionState.Silent;
import io.steppe.rpc.v1.AgentRequest;
import java.time.Instant;
import java.util.Optional;

/** A node's session, or its agent's stream on the way to one. */
public final class Session {
  private final Optional<AgentStream> stream;
  private volatile SessionState state;

  /**
   * Index of the log at which the node was ready; changes before it say nothing of this session.
   */
  private volatile long admittedAt;

  private Session(Optional<AgentStream> stream, SessionState state) {
    this.stream = stream;
    this.state = state;
  }

  /** An agent dialled. */
  static Session opened(AgentStream stream, Instant registerBy) {
    return new Session(Optional.of(stream), new Opened(registerBy));
  }

  /** A node that was another replica's, or nobody's; no agent is connected. */
  static Session adopted(SessionRow row, Instant due) {
    return new Session(Optional.empty(), new Silent(row.nodeId(), row.epoch(), due));
  }

  SessionState state() {
    return state;
  }

  Optional<AgentStream> stream() {
    return stream;
  }

  long admittedAt() {
    return admittedAt;
  }

  void admittedAt(long index) {
    admittedAt = index;
  }

  /** The node, once it is known. */
  Optional<String> nodeId() {
    return switch (state) {
      case Opened _, Ended _ -> Optional.empty();
      case Registering(String node, boolean _) -> Optional.of(node);
      case Claimed claimed -> Optional.of(claimed.nodeId());
      case Live live -> Optional.of(live.nodeId());
      case Silent silent -> Optional.of(silent.nodeId());
      case Expiring expiring -> Optional.of(expiring.nodeId());
    };
  }

  /** The epoch of the session's row, 0 before there is one and after the end. */
  long epoch() {
    return switch (state) {
      case Opened _, Ended _, Registering _ -> 0;
      case Claimed claimed -> claimed.epoch();
      case Live live -> live.epoch();
      case Silent silent -> silent.epoch();
      case Expiring expiring -> expiring.epoch();
    };
  }

  /** Whether the agent can be asked. */
  boolean live() {
    return state instanceof Live;
  }

  /** Asks the agent; false when it can't be reached. */
  public boolean request(AgentRequest request) {
    return live() && stream.map(open -> open.request(request)).orElse(false);
  }

  /** Moves by an event, and closes the stream where that follows. Gives the state reached. */
  SessionState on(SessionEvent event) {
    SessionMachine.Step step;
    synchronized (this) {
      step = SessionMachine.next(state, event);
      state = step.next();
    }
    step.close().ifPresent(why -> stream.ifPresent(open -> open.close(why)));
    return step.next();
  }
}
