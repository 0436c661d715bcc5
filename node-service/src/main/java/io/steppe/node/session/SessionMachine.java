package io.steppe.node.session;

import io.steppe.node.session.SessionEvent.Admitted;
import io.steppe.node.session.SessionEvent.Disconnected;
import io.steppe.node.session.SessionEvent.GivenUp;
import io.steppe.node.session.SessionEvent.Heartbeat;
import io.steppe.node.session.SessionEvent.MarkDownFailed;
import io.steppe.node.session.SessionEvent.MarkDownRefused;
import io.steppe.node.session.SessionEvent.MarkedDisconnected;
import io.steppe.node.session.SessionEvent.MarkedDown;
import io.steppe.node.session.SessionEvent.NewerSession;
import io.steppe.node.session.SessionEvent.Refused;
import io.steppe.node.session.SessionEvent.RegisterSent;
import io.steppe.node.session.SessionEvent.RowWritten;
import io.steppe.node.session.SessionEvent.StreamClosed;
import io.steppe.node.session.SessionEvent.Tick;
import io.steppe.node.session.SessionState.Claimed;
import io.steppe.node.session.SessionState.Ended;
import io.steppe.node.session.SessionState.Expiring;
import io.steppe.node.session.SessionState.Live;
import io.steppe.node.session.SessionState.Opened;
import io.steppe.node.session.SessionState.Registering;
import io.steppe.node.session.SessionState.Silent;
import java.time.Instant;
import java.util.Optional;

/**
 * How a session moves. Pure: every state answers every event; what it does not expect changes
 * nothing.
 */
final class SessionMachine {
  private SessionMachine() {}

  /**
   * Where an event leads.
   *
   * @param close what the agent's stream is closed with, where it is
   */
  record Step(SessionState next, Optional<Ending> close) {
    static Step to(SessionState next) {
      return new Step(next, Optional.empty());
    }

    static Step close(SessionState next, Ending why) {
      return new Step(next, Optional.of(why));
    }

    static Step end(Ending why) {
      return new Step(new Ended(why), Optional.of(why));
    }
  }

  static Step next(SessionState state, SessionEvent event) {
    if (event instanceof GivenUp(Ending why) && !(state instanceof Ended)) {
      return Step.end(why);
    }
    return switch (event) {
      case Disconnected(Ending why) -> disconnected(state, why);
      case RegisterSent _ when !(state instanceof Opened) ->
          disconnected(state, Ending.OUT_OF_TURN);
      default -> expected(state, event);
    };
  }

  /** The stream goes; what was begun for the node goes on without. */
  private static Step disconnected(SessionState state, Ending why) {
    return switch (state) {
      case Opened _ -> Step.end(why);
      case Registering(String node, boolean connected) when connected ->
          Step.close(new Registering(node, false), why);
      case Claimed(String node, long epoch, Instant due, boolean connected) when connected ->
          Step.close(new Claimed(node, epoch, due, false), why);
      case Live(String node, long epoch, Instant due) ->
          Step.close(new Silent(node, epoch, due), why);
      case Expiring(String node, long epoch, boolean connected) when connected ->
          Step.close(new Expiring(node, epoch, false), why);
      case Registering _, Claimed _, Silent _, Expiring _, Ended _ -> Step.to(state);
    };
  }

  private static Step expected(SessionState state, SessionEvent event) {
    return switch (state) {
      case Opened opened -> opened(opened, event);
      case Registering registering -> registering(registering, event);
      case Claimed claimed -> claimed(claimed, event);
      case Live live -> live(live, event);
      case Silent silent -> silent(silent, event);
      case Expiring expiring -> expiring(expiring, event);
      case Ended ended -> Step.to(ended);
    };
  }

  private static Step opened(Opened opened, SessionEvent event) {
    return switch (event) {
      case RegisterSent(String nodeId) -> Step.to(new Registering(nodeId, true));
      case Refused(var failure) -> Step.end(Ending.of(failure));
      case Heartbeat _ -> Step.end(Ending.OUT_OF_TURN);
      case StreamClosed() -> Step.to(new Ended(Ending.CLOSED));
      case Tick(Instant now) when now.isAfter(opened.registerBy()) ->
          Step.end(Ending.NEVER_REGISTERED);
      default -> Step.to(opened);
    };
  }

  private static Step registering(Registering registering, SessionEvent event) {
    return switch (event) {
      case RowWritten(long epoch, Instant due) ->
          Step.to(new Claimed(registering.nodeId(), epoch, due, registering.connected()));
      case Refused(var failure) -> Step.end(Ending.of(failure));
      case StreamClosed() -> Step.to(new Registering(registering.nodeId(), false));
      default -> Step.to(registering);
    };
  }

  private static Step claimed(Claimed claimed, SessionEvent event) {
    return switch (event) {
      case Admitted(Instant due) ->
          Step.to(
              claimed.connected()
                  ? new Live(claimed.nodeId(), claimed.epoch(), due)
                  : new Silent(claimed.nodeId(), claimed.epoch(), due));
      case Refused(var failure) ->
          Step.close(
              new Silent(claimed.nodeId(), claimed.epoch(), claimed.due()), Ending.of(failure));
      case StreamClosed() ->
          Step.to(new Claimed(claimed.nodeId(), claimed.epoch(), claimed.due(), false));
      case NewerSession(long epoch) when epoch > claimed.epoch() -> Step.end(Ending.SUPERSEDED);
      default -> Step.to(claimed);
    };
  }

  private static Step live(Live live, SessionEvent event) {
    return switch (event) {
      case Heartbeat(Instant nextDue) -> Step.to(new Live(live.nodeId(), live.epoch(), nextDue));
      case StreamClosed() -> Step.to(new Silent(live.nodeId(), live.epoch(), live.due()));
      case Tick(Instant now) when now.isAfter(live.due()) ->
          Step.to(new Expiring(live.nodeId(), live.epoch(), true));
      case NewerSession(long epoch) when epoch > live.epoch() -> Step.end(Ending.SUPERSEDED);
      default -> Step.to(live);
    };
  }

  private static Step silent(Silent silent, SessionEvent event) {
    return switch (event) {
      case Tick(Instant now) when now.isAfter(silent.due()) ->
          Step.to(new Expiring(silent.nodeId(), silent.epoch(), false));
      case NewerSession(long epoch) when epoch > silent.epoch() -> Step.end(Ending.SUPERSEDED);
      default -> Step.to(silent);
    };
  }

  private static Step expiring(Expiring expiring, SessionEvent event) {
    return switch (event) {
      case MarkedDown() -> Step.end(Ending.EXPIRED);
      case MarkedDisconnected(Instant lookAgain) -> disconnectedNode(expiring, lookAgain);
      case MarkDownRefused() -> Step.end(Ending.SUPERSEDED);
      case MarkDownFailed(Instant retryAt) ->
          Step.to(
              expiring.connected()
                  ? new Live(expiring.nodeId(), expiring.epoch(), retryAt)
                  : new Silent(expiring.nodeId(), expiring.epoch(), retryAt));
      case StreamClosed() -> Step.to(new Expiring(expiring.nodeId(), expiring.epoch(), false));
      case NewerSession(long epoch) when epoch > expiring.epoch() -> Step.end(Ending.SUPERSEDED);
      default -> Step.to(expiring);
    };
  }

  /** The node may come back: this replica goes on to watch it, the agent has to register again. */
  private static Step disconnectedNode(Expiring expiring, Instant lookAgain) {
    Silent silent = new Silent(expiring.nodeId(), expiring.epoch(), lookAgain);
    return expiring.connected() ? Step.close(silent, Ending.EXPIRED) : Step.to(silent);
  }
}
