package io.steppe.bench.simulate;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.v1.AgentAnswer;
import io.steppe.rpc.v1.AgentDown;
import io.steppe.rpc.v1.AgentFailure;
import io.steppe.rpc.v1.AgentRequest;
import io.steppe.rpc.v1.AgentSessionGrpc.AgentSessionStub;
import io.steppe.rpc.v1.AgentUp;
import io.steppe.rpc.v1.AllocationsForNode;
import io.steppe.rpc.v1.AnswerCredit;
import io.steppe.rpc.v1.Heartbeat;
import io.steppe.rpc.v1.Register;
import io.steppe.rpc.v1.Registered;
import io.steppe.rpc.v1.TaskUpdates;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;

/**
 * One node that follows the agents' protocol and runs nothing: registers, sends heartbeats when
 * they are due, says of every allocation that it runs, and of those that end that they ended. Dials
 * again when its session breaks.
 *
 * <p>Thread-safe: its stream's messages and its timers come from different threads. Nothing in it
 * blocks.
 */
final class SimulatedNode {
  private static final Logger LOG = Logger.getLogger(SimulatedNode.class);
  private static final long ANSWER_SECONDS = 60;
  private static final long MAX_PAUSE_MILLIS = 30_000;

  private final Identity identity;
  private final Supplier<Node> fingerprint;
  private final AgentSessionStub stub;
  private final HashedWheelTimer timer;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Tally tally;

  private final Map<String, MockAllocation> allocations = new HashMap<>();
  private final Set<String> over = new HashSet<>();
  private final Set<String> named = new HashSet<>();
  private final Map<String, Allocation> waiting = new LinkedHashMap<>();
  private Map<String, Allocation> sent = Map.of();
  private Optional<StreamObserver<AgentUp>> up = Optional.empty();
  private Optional<Timeout> due = Optional.empty();
  private long sequence;
  private long session;
  private int failures;
  private boolean registered;
  private boolean closed;

  SimulatedNode(
      Identity identity,
      Supplier<Node> fingerprint,
      AgentSessionStub stub,
      HashedWheelTimer timer,
      InstantSource clock,
      RandomGenerator random,
      Tally tally) {
    this.identity = identity;
    this.fingerprint = fingerprint;
    this.stub = stub;
    this.timer = timer;
    this.clock = clock;
    this.random = random;
    this.tally = tally;
  }

  /** Dials. */
  synchronized void connect() {
    if (closed) {
      return;
    }
    long number = ++session;
    StreamObserver<AgentUp> stream = stub.connect(new Down(number));
    up = Optional.of(stream);
    Register register =
        Register.newBuilder().setNode(fingerprint.get()).setSecretId(identity.secret()).build();
    stream.onNext(AgentUp.newBuilder().setRegister(register).build());
    later(ANSWER_SECONDS * 1000, () -> lost(number, Status.DEADLINE_EXCEEDED));
  }

  /** Ends the session; the node says nothing more. */
  synchronized void close() {
    closed = true;
    disconnected();
    up.ifPresent(StreamObserver::onCompleted);
    up = Optional.empty();
  }

  private synchronized void down(long number, AgentDown message) {
    if (closed || number != session) {
      return;
    }
    switch (message.getDownCase()) {
      case REGISTERED -> registered(message.getRegistered());
      case HEARTBEAT -> heartbeatIn(message.getHeartbeat().getHeartbeatTtl());
      case ALLOCATIONS -> allocations(message.getAllocations());
      case UPDATES -> acknowledged(message.getUpdates().getSequence());
      case REQUEST -> refuse(message.getRequest());
      case DOWN_NOT_SET -> LOG.debugf("%s: a message of a kind not known here", identity.name());
    }
  }

  private void registered(Registered message) {
    registered = true;
    failures = 0;
    tally.connected.incrementAndGet();
    heartbeatIn(message.getHeartbeatTtl());
    Map<String, Allocation> again = new LinkedHashMap<>(sent);
    again.putAll(waiting);
    waiting.clear();
    waiting.putAll(again);
    sent = Map.of();
    flush();
  }

  private void heartbeatIn(long nanos) {
    long number = session;
    later(TimeUnit.NANOSECONDS.toMillis(nanos), () -> heartbeat(number));
  }

  private synchronized void heartbeat(long number) {
    if (!closed && number == session) {
      send(AgentUp.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build());
      later(ANSWER_SECONDS * 1000, () -> lost(number, Status.DEADLINE_EXCEEDED));
    }
  }

  private void allocations(AllocationsForNode message) {
    for (Allocation allocation : message.getAllocationsList()) {
      if (message.getFull()) {
        named.add(allocation.getId());
      }
      apply(allocation);
    }
    message.getRemovedList().forEach(this::forget);
    if (message.getFull() && message.getLast()) {
      Set<String> gone = new HashSet<>(allocations.keySet());
      gone.addAll(over);
      gone.removeAll(named);
      gone.forEach(this::forget);
      named.clear();
    }
    flush();
  }

  private void apply(Allocation allocation) {
    String id = allocation.getId();
    boolean run =
        allocation.getDesiredStatus().equals("run") && !isOver(allocation.getClientStatus());
    MockAllocation known = allocations.get(id);
    if (run && known == null && !over.contains(id)) {
      start(MockAllocation.of(allocation, clock.instant()));
    } else if (!run && known != null) {
      end(known, known.stopped(clock.instant()));
    } else if (!run && !over.contains(id) && !isOver(allocation.getClientStatus())) {
      over.add(id);
      waiting.put(id, MockAllocation.of(allocation, clock.instant()).stopped(clock.instant()));
    }
  }

  private static boolean isOver(String clientStatus) {
    return switch (clientStatus) {
      case "complete", "failed", "lost" -> true;
      default -> false;
    };
  }

  private void start(MockAllocation allocation) {
    allocations.put(allocation.id(), allocation);
    tally.started.increment();
    tally.running.incrementAndGet();
    Optional<Long> millis = allocation.runFor().map(Duration::toMillis);
    if (millis.isPresent() && millis.get() == 0) {
      end(allocation, allocation.ended(clock.instant()));
      return;
    }
    waiting.put(allocation.id(), allocation.running());
    millis.ifPresent(
        after -> timer.newTimeout(_ -> timeIsUp(allocation), after, TimeUnit.MILLISECONDS));
  }

  private synchronized void timeIsUp(MockAllocation allocation) {
    if (!closed && allocations.get(allocation.id()) == allocation) {
      end(allocation, allocation.ended(clock.instant()));
      flush();
    }
  }

  private void end(MockAllocation allocation, Allocation report) {
    if (allocations.remove(allocation.id()) != null) {
      tally.running.decrementAndGet();
      tally.ended.increment();
    }
    over.add(allocation.id());
    waiting.put(allocation.id(), report);
  }

  /** The control plane no longer knows the allocation: nobody waits for a report. */
  private void forget(String id) {
    if (allocations.remove(id) != null) {
      tally.running.decrementAndGet();
      tally.ended.increment();
    }
    over.remove(id);
    waiting.remove(id);
  }

  /** Sends what waits, one message at a time: what changes meanwhile goes with the next. */
  private void flush() {
    if (!registered || waiting.isEmpty() || !sent.isEmpty()) {
      return;
    }
    sent = new LinkedHashMap<>(waiting);
    waiting.clear();
    TaskUpdates updates =
        TaskUpdates.newBuilder().setSequence(++sequence).addAllAllocations(sent.values()).build();
    send(AgentUp.newBuilder().setUpdates(updates).build());
  }

  private void acknowledged(long acknowledged) {
    if (acknowledged == sequence) {
      sent = Map.of();
      flush();
    }
  }

  private void refuse(AgentRequest request) {
    AgentFailure failure =
        AgentFailure.newBuilder()
            .setCode(Status.Code.UNIMPLEMENTED.value())
            .setMessage("a simulated node has no files, no logs and no processes")
            .build();
    StreamObserver<AgentAnswer> answer =
        stub.withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS).answer(new Ignored());
    answer.onNext(
        AgentAnswer.newBuilder().setCallId(request.getCallId()).setFailure(failure).build());
    answer.onCompleted();
  }

  private void send(AgentUp message) {
    up.ifPresent(stream -> stream.onNext(message));
  }

  private synchronized void lost(long number, Status why) {
    if (closed || number != session) {
      return;
    }
    LOG.debugf("%s: session lost: %s", identity.name(), why);
    if (registered) {
      tally.lostSessions.increment();
    } else if (why.getCode() == Status.Code.PERMISSION_DENIED) {
      LOG.warnf("%s is refused: %s", identity.name(), why.getDescription());
    }
    disconnected();
    session++;
    up.ifPresent(stream -> stream.onError(why.asRuntimeException()));
    up = Optional.empty();
    long pause = Math.min(MAX_PAUSE_MILLIS, 500L << Math.min(failures++, 6));
    later(pause / 2 + random.nextLong(pause), this::connect);
  }

  private void disconnected() {
    due.ifPresent(Timeout::cancel);
    due = Optional.empty();
    if (registered) {
      registered = false;
      tally.connected.decrementAndGet();
    }
  }

  /** Sets the one thing that is due next; what was due before is not any more. */
  private void later(long millis, Runnable action) {
    due.ifPresent(Timeout::cancel);
    due = Optional.of(timer.newTimeout(_ -> action.run(), millis, TimeUnit.MILLISECONDS));
  }

  private final class Down implements StreamObserver<AgentDown> {
    private final long number;

    Down(long number) {
      this.number = number;
    }

    @Override
    public void onNext(AgentDown message) {
      down(number, message);
    }

    @Override
    public void onError(Throwable error) {
      lost(number, Status.fromThrowable(error));
    }

    @Override
    public void onCompleted() {
      lost(number, Status.OK);
    }
  }

  private static final class Ignored implements StreamObserver<AnswerCredit> {
    @Override
    public void onNext(AnswerCredit credit) {}

    @Override
    public void onError(Throwable error) {
      LOG.debugf("an answer was not taken: %s", Status.fromThrowable(error));
    }

    @Override
    public void onCompleted() {}
  }
}
