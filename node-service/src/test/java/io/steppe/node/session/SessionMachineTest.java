package io.steppe.node.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import io.steppe.node.session.SessionMachine.Step;
import io.steppe.node.session.SessionState.Claimed;
import io.steppe.node.session.SessionState.Ended;
import io.steppe.node.session.SessionState.Expiring;
import io.steppe.node.session.SessionState.Live;
import io.steppe.node.session.SessionState.Opened;
import io.steppe.node.session.SessionState.Registering;
import io.steppe.node.session.SessionState.Silent;
import io.steppe.rpc.Failure;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every state with every event: what is not in the table changes nothing. */
class SessionMachineTest {
  private static final Instant DUE = Instant.ofEpochSecond(100);
  private static final Instant LATER = Instant.ofEpochSecond(200);
  private static final Failure FAILURE = Failure.denied("no");
  private static final Ending WHY = new Ending(io.grpc.Status.Code.INTERNAL, "why");
  private static final Ending DENIED = Ending.of(FAILURE);

  private static final SessionState OPENED = new Opened(DUE);
  private static final SessionState REGISTERING = new Registering("n", true);
  private static final SessionState REGISTERING_ALONE = new Registering("n", false);
  private static final SessionState CLAIMED = new Claimed("n", 5, DUE, true);
  private static final SessionState CLAIMED_ALONE = new Claimed("n", 5, DUE, false);
  private static final SessionState LIVE = new Live("n", 5, DUE);
  private static final SessionState SILENT = new Silent("n", 5, DUE);
  private static final SessionState EXPIRING = new Expiring("n", 5, true);
  private static final SessionState EXPIRING_ALONE = new Expiring("n", 5, false);
  private static final SessionState ENDED = new Ended(WHY);

  private static final List<SessionState> STATES =
      List.of(
          OPENED,
          REGISTERING,
          REGISTERING_ALONE,
          CLAIMED,
          CLAIMED_ALONE,
          LIVE,
          SILENT,
          EXPIRING,
          EXPIRING_ALONE,
          ENDED);

  private static final SessionEvent REGISTER = new RegisterSent("n");
  private static final SessionEvent ROW = new RowWritten(5, DUE);
  private static final SessionEvent ADMITTED = new Admitted(LATER);
  private static final SessionEvent REFUSED = new Refused(FAILURE);
  private static final SessionEvent BEAT = new Heartbeat(LATER);
  private static final SessionEvent CLOSED = new StreamClosed();
  private static final SessionEvent EARLY = new Tick(DUE);
  private static final SessionEvent LATE = new Tick(DUE.plusMillis(1));
  private static final SessionEvent DOWN = new MarkedDown();
  private static final SessionEvent AWAY = new MarkedDisconnected(LATER);
  private static final SessionEvent DOWN_FAILED = new MarkDownFailed(LATER);
  private static final SessionEvent DOWN_REFUSED = new MarkDownRefused();
  private static final SessionEvent SAME_EPOCH = new NewerSession(5);
  private static final SessionEvent NEWER = new NewerSession(6);
  private static final SessionEvent DISCONNECTED = new Disconnected(WHY);
  private static final SessionEvent GIVEN_UP = new GivenUp(WHY);

  private static final List<SessionEvent> EVENTS =
      List.of(
          REGISTER,
          ROW,
          ADMITTED,
          REFUSED,
          BEAT,
          CLOSED,
          EARLY,
          LATE,
          DOWN,
          AWAY,
          DOWN_FAILED,
          DOWN_REFUSED,
          SAME_EPOCH,
          NEWER,
          DISCONNECTED,
          GIVEN_UP);

  private record Case(SessionState state, SessionEvent event) {}

  private static final Map<Case, Step> MOVES = moves();

  private static Map<Case, Step> moves() {
    Map<Case, Step> moves = new LinkedHashMap<>();
    opening(moves);
    running(moves);
    for (SessionState state : STATES) {
      if (state != ENDED) {
        moves.put(new Case(state, GIVEN_UP), Step.end(WHY));
      }
    }
    return moves;
  }

  private static void opening(Map<Case, Step> moves) {
    moves.put(new Case(OPENED, REGISTER), Step.to(REGISTERING));
    moves.put(new Case(OPENED, REFUSED), Step.end(DENIED));
    moves.put(new Case(OPENED, BEAT), Step.end(Ending.OUT_OF_TURN));
    moves.put(new Case(OPENED, CLOSED), Step.to(new Ended(Ending.CLOSED)));
    moves.put(new Case(OPENED, LATE), Step.end(Ending.NEVER_REGISTERED));
    moves.put(new Case(OPENED, DISCONNECTED), Step.end(WHY));

    moves.put(new Case(REGISTERING, ROW), Step.to(CLAIMED));
    moves.put(new Case(REGISTERING, REFUSED), Step.end(DENIED));
    moves.put(new Case(REGISTERING, CLOSED), Step.to(REGISTERING_ALONE));
    moves.put(new Case(REGISTERING, REGISTER), Step.close(REGISTERING_ALONE, Ending.OUT_OF_TURN));
    moves.put(new Case(REGISTERING, DISCONNECTED), Step.close(REGISTERING_ALONE, WHY));
    moves.put(new Case(REGISTERING_ALONE, ROW), Step.to(CLAIMED_ALONE));
    moves.put(new Case(REGISTERING_ALONE, REFUSED), Step.end(DENIED));

    moves.put(new Case(CLAIMED, ADMITTED), Step.to(new Live("n", 5, LATER)));
    moves.put(new Case(CLAIMED, REFUSED), Step.close(SILENT, DENIED));
    moves.put(new Case(CLAIMED, CLOSED), Step.to(CLAIMED_ALONE));
    moves.put(new Case(CLAIMED, REGISTER), Step.close(CLAIMED_ALONE, Ending.OUT_OF_TURN));
    moves.put(new Case(CLAIMED, DISCONNECTED), Step.close(CLAIMED_ALONE, WHY));
    moves.put(new Case(CLAIMED, NEWER), Step.end(Ending.SUPERSEDED));
    moves.put(new Case(CLAIMED_ALONE, ADMITTED), Step.to(new Silent("n", 5, LATER)));
    moves.put(new Case(CLAIMED_ALONE, REFUSED), Step.close(SILENT, DENIED));
    moves.put(new Case(CLAIMED_ALONE, NEWER), Step.end(Ending.SUPERSEDED));
  }

  private static void running(Map<Case, Step> moves) {
    moves.put(new Case(LIVE, BEAT), Step.to(new Live("n", 5, LATER)));
    moves.put(new Case(LIVE, CLOSED), Step.to(SILENT));
    moves.put(new Case(LIVE, LATE), Step.to(EXPIRING));
    moves.put(new Case(LIVE, REGISTER), Step.close(SILENT, Ending.OUT_OF_TURN));
    moves.put(new Case(LIVE, DISCONNECTED), Step.close(SILENT, WHY));
    moves.put(new Case(LIVE, NEWER), Step.end(Ending.SUPERSEDED));

    moves.put(new Case(SILENT, LATE), Step.to(EXPIRING_ALONE));
    moves.put(new Case(SILENT, NEWER), Step.end(Ending.SUPERSEDED));

    moves.put(new Case(EXPIRING, DOWN), Step.end(Ending.EXPIRED));
    moves.put(new Case(EXPIRING, AWAY), Step.close(new Silent("n", 5, LATER), Ending.EXPIRED));
    moves.put(new Case(EXPIRING_ALONE, AWAY), Step.to(new Silent("n", 5, LATER)));
    moves.put(new Case(EXPIRING, DOWN_REFUSED), Step.end(Ending.SUPERSEDED));
    moves.put(new Case(EXPIRING, DOWN_FAILED), Step.to(new Live("n", 5, LATER)));
    moves.put(new Case(EXPIRING, CLOSED), Step.to(EXPIRING_ALONE));
    moves.put(new Case(EXPIRING, REGISTER), Step.close(EXPIRING_ALONE, Ending.OUT_OF_TURN));
    moves.put(new Case(EXPIRING, DISCONNECTED), Step.close(EXPIRING_ALONE, WHY));
    moves.put(new Case(EXPIRING, NEWER), Step.end(Ending.SUPERSEDED));
    moves.put(new Case(EXPIRING_ALONE, DOWN), Step.end(Ending.EXPIRED));
    moves.put(new Case(EXPIRING_ALONE, DOWN_REFUSED), Step.end(Ending.SUPERSEDED));
    moves.put(new Case(EXPIRING_ALONE, DOWN_FAILED), Step.to(new Silent("n", 5, LATER)));
    moves.put(new Case(EXPIRING_ALONE, NEWER), Step.end(Ending.SUPERSEDED));
  }

  @TestFactory
  List<DynamicTest> everyStateAnswersEveryEvent() {
    return STATES.stream()
        .flatMap(state -> EVENTS.stream().map(event -> new Case(state, event)))
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.toString(),
                    () ->
                        assertEquals(
                            Optional.ofNullable(MOVES.get(one)).orElse(Step.to(one.state())),
                            SessionMachine.next(one.state(), one.event()))))
        .toList();
  }

  @Test
  void theTableNamesEveryKindOfStateAndEvent() {
    Set<Class<?>> states = new HashSet<>();
    STATES.forEach(state -> states.add(state.getClass()));
    assertTrue(states.containsAll(List.of(SessionState.class.getPermittedSubclasses())));
    Set<Class<?>> events = new HashSet<>();
    EVENTS.forEach(event -> events.add(event.getClass()));
    assertTrue(events.containsAll(List.of(SessionEvent.class.getPermittedSubclasses())));
  }
}
