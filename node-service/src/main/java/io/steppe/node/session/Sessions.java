package io.steppe.node.session;

import io.smallrye.mutiny.Uni;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.Replicas;
import io.steppe.ledger.Replicas.Member;
import io.steppe.ledger.Snapshot;
import io.steppe.node.introduction.Introduction;
import io.steppe.node.introduction.Introductions;
import io.steppe.node.introduction.Spending;
import io.steppe.node.registration.Fingerprint;
import io.steppe.node.registration.NodeSecret;
import io.steppe.node.registration.NodeStatus;
import io.steppe.node.registration.Registration;
import io.steppe.node.session.SessionEvent.Admitted;
import io.steppe.node.session.SessionEvent.Disconnected;
import io.steppe.node.session.SessionEvent.GivenUp;
import io.steppe.node.session.SessionEvent.Heartbeat;
import io.steppe.node.session.SessionEvent.NewerSession;
import io.steppe.node.session.SessionEvent.Refused;
import io.steppe.node.session.SessionEvent.RegisterSent;
import io.steppe.node.session.SessionEvent.RowWritten;
import io.steppe.node.session.SessionEvent.StreamClosed;
import io.steppe.node.session.SessionState.Claimed;
import io.steppe.node.session.SessionState.Ended;
import io.steppe.node.session.SessionState.Live;
import io.steppe.node.session.SessionState.Registering;
import io.steppe.node.view.NodeView;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.HeartbeatAck;
import io.steppe.rpc.v1.Register;
import io.steppe.rpc.v1.Registered;
import io.steppe.rpc.v1.TaskUpdates;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;

/** The sessions of this replica: who registers, who was heard of, which agent can be asked. */
public final class Sessions {
  public static final String SERVICE = "node-service";

  private static final Logger LOG = Logger.getLogger(Sessions.class);
  private static final int MAX_SESSIONS = 50_000;
  private static final Duration REGISTER_WITHIN = Duration.ofSeconds(10);

  private final Ledger<NodeView> ledger;
  private final SessionRows rows;
  private final Replicas replicas;
  private final UpdateRelay relay;
  private final Superseded superseded;
  private final Introductions introductions;
  private final HeartbeatTtl ttl;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Set<Session> all = ConcurrentHashMap.newKeySet();
  private final ConcurrentHashMap<String, Session> byNode = new ConcurrentHashMap<>();

  public Sessions(
      Ledger<NodeView> ledger,
      SessionRows rows,
      Replicas replicas,
      UpdateRelay relay,
      Superseded superseded,
      Introductions introductions,
      HeartbeatTtl ttl,
      InstantSource clock,
      RandomGenerator random) {
    this.ledger = ledger;
    this.rows = rows;
    this.replicas = replicas;
    this.relay = relay;
    this.superseded = superseded;
    this.introductions = introductions;
    this.ttl = ttl;
    this.clock = clock;
    this.random = random;
  }

  /** The session of a node whose agent can be asked here. */
  public Optional<Session> live(String nodeId) {
    return Optional.ofNullable(byNode.get(nodeId)).filter(Session::live);
  }

  /** How many agents are connected to this replica. */
  public long liveCount() {
    return all.stream().filter(Session::live).count();
  }

  /** The session that this replica is responsible for a node by. */
  Optional<Session> of(String nodeId) {
    return Optional.ofNullable(byNode.get(nodeId));
  }

  Collection<Session> all() {
    return all;
  }

  /** Whether an agent of the node is about to get a session here. */
  boolean registering(String nodeId) {
    return all.stream()
        .anyMatch(
            one ->
                one.state() instanceof Registering(String node, boolean _) && node.equals(nodeId));
  }

  /** An agent dialled. */
  Session open(AgentStream stream) {
    Session session = Session.opened(stream, clock.instant().plus(REGISTER_WITHIN));
    all.add(session);
    if (all.size() > MAX_SESSIONS) {
      move(session, new Disconnected(Ending.TOO_MANY_SESSIONS));
    }
    return session;
  }

  /** The agent says who it is. */
  void register(Session session, Register message) {
    Fingerprint fingerprint;
    try {
      fingerprint = Fingerprint.of(message.getNode());
      if (message.getSecretId().isEmpty()) {
        throw Failure.invalid("missing node secret ID for client registration");
      }
    } catch (Failure invalid) {
      move(session, new Refused(invalid));
      return;
    }
    String nodeId = fingerprint.node().getId();
    NodeSecret secret = NodeSecret.of(message.getSecretId());
    if (!(move(session, new RegisterSent(nodeId)) instanceof Registering)) {
      return;
    }
    Member self = replicas.self();
    if (!self.alive()) {
      move(session, new Refused(Failure.unavailable("this replica has no lease")));
      return;
    }
    boolean known = ledger.snapshot().view().node(nodeId).isPresent();
    introductions
        .of(message, known)
        .invoke(introduction -> warn(introduction, fingerprint.node()))
        .chain(
            introduction ->
                ledger.commit(
                    "",
                    Registered.parser(),
                    Registration.register(fingerprint, secret, introduction)))
        .chain(() -> rows.claim(nodeId, self))
        .chain(claim -> claimed(session, nodeId, claim))
        .subscribe()
        .with(
            index -> admitted(session, nodeId, index),
            error -> move(session, new Refused(Failure.of(error))));
  }

  /** Says who is let in though nobody introduced it. */
  private void warn(Introduction introduction, Node node) {
    NodeView view = ledger.snapshot().view();
    if (introduction instanceof Introduction.Asked asked
        && !asked.strict()
        && view.node(node.getId()).isEmpty()) {
      Spending.problem(asked, view, node, clock.instant())
          .ifPresent(
              why ->
                  LOG.warnf(
                      "node %s (%s) is let in without an introduction: %s",
                      node.getId(), node.getName(), why));
    }
  }

  /**
   * The row is written: from here on this replica answers for the node. Makes it ready; gives an
   * index at which it was.
   */
  private Uni<Long> claimed(Session session, String nodeId, Claim claim) {
    SessionState state = move(session, new RowWritten(claim.epoch(), dueIn(nextTtl())));
    if (!(state instanceof Claimed) || !outdo(nodeId, session, claim.epoch())) {
      return Uni.createFrom().failure(Failure.unavailable("the session is over"));
    }
    claim
        .previous()
        .filter(replica -> !replica.equals(replicas.self().id()))
        .ifPresent(replica -> superseded.elsewhere(replica, nodeId, claim.epoch()));
    return ledger.latest().chain(now -> ready(now, nodeId, claim.epoch()));
  }

  /** Ends the older of a node's sessions here. Whether the one given stays. */
  private boolean outdo(String nodeId, Session session, long epoch) {
    List<Session> over = new ArrayList<>();
    Session newest =
        byNode.compute(
            nodeId,
            (_, known) -> {
              boolean newer = known == null || known.epoch() < epoch;
              over.add(newer ? known : session);
              return newer ? session : known;
            });
    over.stream()
        .filter(Objects::nonNull)
        .forEach(one -> move(one, new NewerSession(newest.epoch())));
    if (session.state() instanceof Ended) {
      byNode.remove(nodeId, session);
      return false;
    }
    return newest == session;
  }

  /** A newer session of a node began, here or elsewhere. */
  public void newerSession(String nodeId, long epoch) {
    of(nodeId).ifPresent(session -> move(session, new NewerSession(epoch)));
  }

  /**
   * The look is newer than the row, and a commit that marks the node down checks the row: so a node
   * that is ready here was not marked down by a session before.
   */
  private Uni<Long> ready(Snapshot<NodeView> now, String nodeId, long epoch) {
    if (now.view().node(nodeId).filter(NodeStatus.READY::isOf).isPresent()) {
      return Uni.createFrom().item(now.index());
    }
    List<String> guards = List.of(Guards.session(nodeId, epoch));
    return ledger
        .commit("", Registered.parser(), Registration.ready(nodeId, guards))
        .map(Registered::getIndex);
  }

  private void admitted(Session session, String nodeId, long index) {
    Duration next = nextTtl();
    session.admittedAt(index);
    SessionState state = move(session, new Admitted(dueIn(next)));
    if (!(state instanceof Live)) {
      return;
    }
    Registered message =
        Registered.newBuilder()
            .setIndex(index)
            .setHeartbeatTtl(next.toNanos())
            .addAllServers(servers())
            .build();
    session.stream().ifPresent(stream -> stream.registered(nodeId, message));
  }

  /** The agent was heard of. */
  void heartbeat(Session session) {
    Duration next = nextTtl();
    SessionState state = move(session, new Heartbeat(dueIn(next)));
    if (state instanceof Live) {
      HeartbeatAck ack =
          HeartbeatAck.newBuilder()
              .setHeartbeatTtl(next.toNanos())
              .addAllServers(servers())
              .build();
      session.stream().ifPresent(stream -> stream.heartbeat(ack));
    }
  }

  /** The node's fingerprint changed. */
  void changed(Session session, Node node) {
    Optional<String> nodeId = session.nodeId();
    long epoch = session.epoch();
    if (nodeId.isEmpty() || epoch == 0) {
      return;
    }
    Fingerprint fingerprint;
    try {
      fingerprint = Fingerprint.of(node);
      if (!fingerprint.node().getId().equals(nodeId.get())) {
        throw Failure.invalid("a session is one node's");
      }
    } catch (Failure invalid) {
      move(session, new Disconnected(Ending.of(invalid)));
      return;
    }
    List<String> guards = List.of(Guards.session(nodeId.get(), epoch));
    ledger
        .commit("", Registered.parser(), Registration.update(fingerprint, guards))
        .subscribe()
        .with(
            done -> LOG.debugf("node %s changed at %d", nodeId.get(), done.getIndex()),
            error -> move(session, new Disconnected(Ending.of(Failure.of(error)))));
  }

  /** The agent tells of its tasks. An agent is heard for allocations of its own node only. */
  void updates(Session session, TaskUpdates updates) {
    Optional<String> nodeId = session.nodeId();
    if (nodeId.isEmpty() || session.epoch() == 0) {
      return;
    }
    NodeView view = ledger.snapshot().view();
    List<Allocation> own =
        updates.getAllocationsList().stream()
            .filter(one -> nodeId.get().equals(view.nodeOfAllocation().get(one.getId())))
            .map(one -> one.toBuilder().setNodeId(nodeId.get()).build())
            .toList();
    Runnable acknowledge =
        () -> session.stream().ifPresent(stream -> stream.acknowledge(updates.getSequence()));
    if (own.isEmpty()) {
      acknowledge.run();
    } else if (!relay.offer(new UpdateRelay.Report(own, acknowledge))) {
      move(session, new Disconnected(Ending.TOO_MANY_UPDATES));
    }
  }

  /** The agent's stream ended. */
  void closed(Session session) {
    session.stream().ifPresent(AgentStream::gone);
    move(session, new StreamClosed());
  }

  /** This replica takes nodes over; their agents get time to find it. */
  void adopt(Collection<SessionRow> rows) {
    int sessions = byNode.size() + rows.size();
    rows.forEach(row -> adopt(row, dueIn(ttl.afterFailover(sessions, random))));
  }

  private void adopt(SessionRow row, Instant due) {
    if (ledger.snapshot().view().node(row.nodeId()).filter(NodeStatus.DOWN::isOf).isPresent()) {
      return;
    }
    Session session = Session.adopted(row, due);
    Session kept =
        byNode.merge(
            row.nodeId(), session, (old, adopted) -> old.epoch() < row.epoch() ? adopted : old);
    if (kept == session) {
      all.add(session);
    }
  }

  /** Gives every session up: agents dial again, here or elsewhere. */
  public void giveUpAll() {
    all.forEach(session -> move(session, new GivenUp(Ending.DROPPED)));
  }

  /** Moves a session; what has ended is forgotten. */
  SessionState move(Session session, SessionEvent event) {
    Optional<String> node = session.nodeId();
    SessionState state = session.on(event);
    if (state instanceof Ended) {
      all.remove(session);
      node.ifPresent(id -> byNode.remove(id, session));
    }
    return state;
  }

  private Duration nextTtl() {
    return ttl.next(byNode.size(), random);
  }

  private Instant dueIn(Duration next) {
    return clock.instant().plus(next).plus(ttl.grace());
  }

  private List<String> servers() {
    return replicas.members(SERVICE).stream().map(Member::address).toList();
  }
}
