package io.steppe.agent.session;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import io.steppe.agent.alloc.Allocations;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.AgentDown;
import io.steppe.rpc.v1.AgentSessionGrpc;
import io.steppe.rpc.v1.AgentUp;
import io.steppe.rpc.v1.AllocationsForNode;
import io.steppe.rpc.v1.Heartbeat;
import io.steppe.rpc.v1.NodeProof;
import io.steppe.rpc.v1.Register;
import io.steppe.rpc.v1.ResolveTokenReply;
import io.steppe.rpc.v1.ResolveTokenRequest;
import io.steppe.rpc.v1.SignIdentitiesRequest;
import io.steppe.rpc.v1.SignReply.Signed;
import io.steppe.rpc.v1.SignRequest.Wish;
import io.steppe.rpc.v1.TaskUpdates;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** One connection to one replica, from Register to its end. */
final class Connection implements ClientResponseObserver<AgentUp, AgentDown> {
  private static final Logger LOG = Logger.getLogger(Connection.class);

  /** Events that change no state wait so long for company. */
  private static final Duration UNHURRIED = Duration.ofMillis(200);

  /** Changes of the node that come so close together are told as one. */
  private static final Duration CHANGES_WITHIN = Duration.ofMillis(200);

  private static final Duration SHORTEST_TTL = Duration.ofSeconds(1);

  /** A task waits for it. */
  private static final Duration SIGN_WITHIN = Duration.ofSeconds(5);

  /** Part of the TTL after which a heartbeat is sent. */
  private static final double HEARTBEAT_AT = 0.4;

  private final ManagedChannel channel;
  private final Duration registerTimeout;
  private final Session.Credentials credentials;
  private final Supplier<Node> node;
  private final Allocations allocations;
  private final Outbox outbox;
  private final Answers.Desk desk;
  private final Servers servers;
  private final ScheduledExecutorService timer;
  private final CompletableFuture<Status> end = new CompletableFuture<>();
  private final List<Allocation> full = new ArrayList<>();

  private ClientCallStreamObserver<AgentUp> up;
  private volatile boolean registered;
  private Node told = Node.getDefaultInstance();
  private boolean telling;
  private Future<?> heartbeat = CompletableFuture.completedFuture(null);
  private Future<?> silence = CompletableFuture.completedFuture(null);
  private Future<?> flush = CompletableFuture.completedFuture(null);

  Connection(
      ManagedChannel channel,
      Duration registerTimeout,
      Session.Credentials credentials,
      Supplier<Node> node,
      Allocations allocations,
      Outbox outbox,
      Answers.Desk desk,
      Servers servers,
      ScheduledExecutorService timer) {
    this.channel = channel;
    this.registerTimeout = registerTimeout;
    this.credentials = credentials;
    this.node = node;
    this.allocations = allocations;
    this.outbox = outbox;
    this.desk = desk;
    this.servers = servers;
    this.timer = timer;
  }

  /** Registers and stays until the connection ends; returns why it did. */
  Status run() {
    silence =
        timer.schedule(
            () -> giveUp("no answer to the registration"),
            registerTimeout.toMillis(),
            TimeUnit.MILLISECONDS);
    var call =
        channel.newCall(
            AgentSessionGrpc.getConnectMethod(), CallOptions.DEFAULT.withoutWaitForReady());
    ClientCalls.asyncBidiStreamingCall(call, this);
    register();
    try {
      return end.join();
    } finally {
      heartbeat.cancel(false);
      silence.cancel(false);
      flush.cancel(false);
      up.cancel("the session is over", null);
    }
  }

  private synchronized void register() {
    told = node.get();
    send(
        AgentUp.newBuilder()
            .setRegister(
                Register.newBuilder()
                    .setNode(told)
                    .setSecretId(credentials.secret())
                    .setIntroToken(credentials.introduction().get()))
            .build());
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<AgentUp> stream) {
    up = stream;
  }

  boolean registered() {
    return registered;
  }

  ResolveTokenReply resolve(String secret) {
    ResolveTokenRequest request =
        ResolveTokenRequest.newBuilder()
            .setNode(
                NodeProof.newBuilder()
                    .setNodeId(credentials.nodeId())
                    .setSecretId(credentials.secret()))
            .setSecretId(secret)
            .build();
    try {
      return AgentSessionGrpc.newBlockingStub(channel)
          .withDeadlineAfter(registerTimeout.toMillis(), TimeUnit.MILLISECONDS)
          .resolveToken(request);
    } catch (StatusRuntimeException e) {
      throw Failure.of(e);
    }
  }

  /** Has identities signed, on a call of its own over the same connection. */
  List<Signed> sign(List<Wish> wishes) {
    try {
      return AgentSessionGrpc.newBlockingStub(channel)
          .withDeadlineAfter(SIGN_WITHIN.toMillis(), TimeUnit.MILLISECONDS)
          .signIdentities(
              SignIdentitiesRequest.newBuilder()
                  .setNode(
                      NodeProof.newBuilder()
                          .setNodeId(credentials.nodeId())
                          .setSecretId(credentials.secret()))
                  .addAllWishes(wishes)
                  .build())
          .getSignedList();
    } catch (StatusRuntimeException e) {
      throw Failure.of(e);
    }
  }

  /** Tells of the node as it is now, unless that is told; changes in a row are told as one. */
  synchronized void nodeChanged() {
    if (registered && !telling) {
      telling = true;
      timer.schedule(this::tellNode, CHANGES_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private synchronized void tellNode() {
    telling = false;
    Node now = node.get();
    if (!now.equals(told)) {
      told = now;
      send(AgentUp.newBuilder().setNode(now).build());
    }
  }

  private synchronized void send(AgentUp message) {
    try {
      up.onNext(message);
    } catch (IllegalStateException e) {
      LOG.debugf("nothing can be sent any more: %s", e.getMessage());
    }
  }

  @Override
  public void onNext(AgentDown down) {
    switch (down.getDownCase()) {
      case REGISTERED -> {
        registered = true;
        LOG.infof("node %s is registered", credentials.nodeId());
        servers.learn(down.getRegistered().getServersList());
        beatWithin(down.getRegistered().getHeartbeatTtl());
        nodeChanged();
        reportsChanged();
      }
      case HEARTBEAT -> {
        servers.learn(down.getHeartbeat().getServersList());
        beatWithin(down.getHeartbeat().getHeartbeatTtl());
      }
      case ALLOCATIONS -> apply(down.getAllocations());
      case UPDATES -> {
        outbox.acknowledged(down.getUpdates().getSequence());
        flushNow();
      }
      case REQUEST -> desk.answer(channel, down.getRequest());
      case DOWN_NOT_SET -> LOG.debug("a message of a kind this agent does not know");
    }
  }

  private void apply(AllocationsForNode message) {
    if (!message.getFull()) {
      allocations.applyChanges(message.getAllocationsList(), message.getRemovedList());
      return;
    }
    full.addAll(message.getAllocationsList());
    if (message.getLast()) {
      allocations.applyAll(full);
      full.clear();
    }
  }

  /** A replica that lets a whole TTL pass without an answer is gone. */
  private void beatWithin(long ttl) {
    long ttlNanos = Math.max(ttl, SHORTEST_TTL.toNanos());
    silence.cancel(false);
    silence =
        timer.schedule(() -> giveUp("no answer to heartbeats"), ttlNanos, TimeUnit.NANOSECONDS);
    heartbeat.cancel(false);
    heartbeat =
        timer.schedule(
            () -> send(AgentUp.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build()),
            (long) (ttlNanos * HEARTBEAT_AT),
            TimeUnit.NANOSECONDS);
  }

  /** Something waits in the outbox: sent at once if a state changed, a little later if not. */
  void reportsChanged() {
    if (!registered || outbox.idle()) {
      return;
    }
    if (outbox.urgent()) {
      flushNow();
    } else {
      synchronized (this) {
        if (flush.isDone()) {
          flush = timer.schedule(this::flushNow, UNHURRIED.toMillis(), TimeUnit.MILLISECONDS);
        }
      }
    }
  }

  private synchronized void flushNow() {
    outbox
        .take()
        .ifPresent(
            batch ->
                send(
                    AgentUp.newBuilder()
                        .setUpdates(
                            TaskUpdates.newBuilder()
                                .setSequence(batch.sequence())
                                .addAllAllocations(batch.reports()))
                        .build()));
  }

  private void giveUp(String why) {
    end.complete(Status.UNAVAILABLE.withDescription(why));
  }

  void end() {
    end.complete(Status.CANCELLED.withDescription("the agent ends"));
  }

  @Override
  public void onError(Throwable error) {
    end.complete(Status.fromThrowable(error));
  }

  @Override
  public void onCompleted() {
    end.complete(Status.UNAVAILABLE.withDescription("the server ended the session"));
  }
}
