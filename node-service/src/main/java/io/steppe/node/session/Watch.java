package io.steppe.node.session;

import io.steppe.ledger.Ledger;
import io.steppe.ledger.Replicas;
import io.steppe.ledger.Replicas.Member;
import io.steppe.ledger.Snapshot;
import io.steppe.node.registration.Disconnection;
import io.steppe.node.registration.NodeStatus;
import io.steppe.node.registration.Registration;
import io.steppe.node.session.SessionEvent.MarkDownFailed;
import io.steppe.node.session.SessionEvent.MarkDownRefused;
import io.steppe.node.session.SessionEvent.MarkedDisconnected;
import io.steppe.node.session.SessionEvent.MarkedDown;
import io.steppe.node.session.SessionEvent.Tick;
import io.steppe.node.session.SessionState.Expiring;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.Registered;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Decides, once a tick, which nodes were not heard of in time, and marks them down or disconnected.
 * Looking at every deadline costs less than keeping them in order: 10,000 comparisons a second.
 */
public final class Watch {
  private static final Logger LOG = Logger.getLogger(Watch.class);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration SWEEP = Duration.ofSeconds(60);

  /** Between two looks at a disconnected node: whether an allocation still waits for it. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

  private final Ledger<NodeView> ledger;
  private final Replicas replicas;
  private final Sessions sessions;
  private final Adoption adoption;
  private final InstantSource clock;

  /** The generation of the lease that the sessions here belong to; 0 while there is none. */
  private long generation;

  /** Of the log; another one has nodes that nobody here has looked for. */
  private long epoch;

  private List<Member> alive = List.of();
  private volatile Instant nextSweep = Instant.MIN;

  public Watch(
      Ledger<NodeView> ledger,
      Replicas replicas,
      Sessions sessions,
      Adoption adoption,
      InstantSource clock) {
    this.ledger = ledger;
    this.replicas = replicas;
    this.sessions = sessions;
    this.adoption = adoption;
    this.clock = clock;
  }

  /** Called every second or so, by one thread at a time. */
  public void tick() {
    Member self = replicas.self();
    if (!holds(self)) {
      return;
    }
    Instant now = clock.instant();
    List<Member> living = replicas.members(Sessions.SERVICE);
    long log = ledger.snapshot().epoch();
    if (log != epoch) {
      epoch = log;
      nextSweep = Instant.MIN;
    }
    if (!ids(living).equals(ids(alive)) || now.isAfter(nextSweep)) {
      alive = living;
      nextSweep = now.plus(SWEEP);
      adoption.run(self, living, () -> nextSweep = Instant.MIN);
    }
    for (Session session : sessions.all()) {
      boolean expiring = session.state() instanceof Expiring;
      if (!expiring && sessions.move(session, new Tick(now)) instanceof Expiring late) {
        markDown(session, late, self);
      }
    }
  }

  /**
   * Whether this replica may judge. A lease that was lost, by a pause for one, takes all deadlines
   * with it: others may have been responsible since.
   */
  private boolean holds(Member self) {
    long held = self.alive() ? self.generation() : 0;
    if (held != generation) {
      if (generation != 0) {
        LOG.warnf("lease lost: giving up %d sessions", sessions.all().size());
        sessions.giveUpAll();
      }
      generation = held;
      nextSweep = Instant.MIN;
    }
    return held != 0;
  }

  private static List<String> ids(List<Member> members) {
    return members.stream().map(one -> one.id() + "#" + one.generation()).toList();
  }

  private void markDown(Session session, Expiring expiring, Member self) {
    String nodeId = expiring.nodeId();
    Instant now = clock.instant();
    NodeView view = ledger.snapshot().view();
    if (view.node(nodeId).filter(node -> mayBeAway(view, node, now)).isPresent()) {
      sessions.move(session, new MarkedDisconnected(now.plus(LOOK_AGAIN)));
      return;
    }
    List<String> guards = List.of(Guards.session(nodeId, expiring.epoch()), Guards.lease(self));
    ledger
        .commit("", Registered.parser(), Registration.missed(nodeId, guards))
        .chain(done -> ledger.at(done.getIndex()))
        .subscribe()
        .with(
            reached -> marked(session, nodeId, reached),
            error -> failed(session, nodeId, Failure.of(error)));
  }

  private static boolean mayBeAway(NodeView view, Node node, Instant now) {
    return NodeStatus.DISCONNECTED.isOf(node) && Disconnection.until(view, node, now).isPresent();
  }

  private void marked(Session session, String nodeId, Snapshot<NodeView> reached) {
    Optional<Node> node = reached.view().node(nodeId);
    LOG.infof(
        "node %s missed its heartbeat: %s at index %d",
        nodeId, node.map(Node::getStatus).orElse("purged"), reached.index());
    sessions.move(
        session,
        node.filter(NodeStatus.DISCONNECTED::isOf).isPresent()
            ? new MarkedDisconnected(clock.instant().plus(LOOK_AGAIN))
            : new MarkedDown());
  }

  private void failed(Session session, String nodeId, Failure failure) {
    if (failure.kind() == Kind.CONFLICT) {
      LOG.infof("node %s is not marked down: %s", nodeId, failure.getMessage());
      sessions.move(session, new MarkDownRefused());
    } else {
      LOG.warnf("node %s can't be marked down yet: %s", nodeId, failure.getMessage());
      sessions.move(session, new MarkDownFailed(clock.instant().plus(RETRY)));
    }
  }
}
