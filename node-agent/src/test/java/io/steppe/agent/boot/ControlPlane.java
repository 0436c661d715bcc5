package io.steppe.agent.boot;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.v1.AgentAnswer;
import io.steppe.rpc.v1.AgentDown;
import io.steppe.rpc.v1.AgentRequest;
import io.steppe.rpc.v1.AgentSessionGrpc;
import io.steppe.rpc.v1.AgentUp;
import io.steppe.rpc.v1.AllocationsForNode;
import io.steppe.rpc.v1.AnswerCredit;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.ExecInput;
import io.steppe.rpc.v1.HeartbeatAck;
import io.steppe.rpc.v1.NamespaceRule;
import io.steppe.rpc.v1.PolicyRules;
import io.steppe.rpc.v1.Registered;
import io.steppe.rpc.v1.ResolveTokenReply;
import io.steppe.rpc.v1.ResolveTokenRequest;
import io.steppe.rpc.v1.Rights;
import io.steppe.rpc.v1.SignIdentitiesRequest;
import io.steppe.rpc.v1.SignReply;
import io.steppe.rpc.v1.UpdatesAck;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * A small control plane over the real protocol: one node, its allocations, what it said of them.
 */
public final class ControlPlane extends AgentSessionGrpc.AgentSessionImplBase
    implements AutoCloseable {
  private static final long TTL = Duration.ofSeconds(2).toNanos();

  private final Object lock = new Object();
  private final Map<String, Allocation> wanted = new HashMap<>();
  private final Map<String, Allocation> reported = new HashMap<>();
  private final List<Allocation> history = new ArrayList<>();
  private final Map<String, Call> calls = new HashMap<>();
  private final Server server;
  private Optional<StreamObserver<AgentDown>> agent = Optional.empty();
  private Optional<Node> node = Optional.empty();
  private final List<String> signed = new ArrayList<>();
  private String unsigned = "";
  private Optional<Duration> signedFor = Optional.empty();
  private String secret = "";
  private int registrations;
  private int heartbeats;
  private boolean acknowledging = true;
  private long index = 1;

  public ControlPlane(int port) throws IOException {
    server = NettyServerBuilder.forPort(port).addService(this).build().start();
  }

  public int port() {
    return server.getPort();
  }

  @Override
  public StreamObserver<AgentUp> connect(StreamObserver<AgentDown> down) {
    return new StreamObserver<>() {
      @Override
      public void onNext(AgentUp up) {
        synchronized (lock) {
          take(up, down);
          lock.notifyAll();
        }
      }

      @Override
      public void onError(Throwable error) {
        gone();
      }

      @Override
      public void onCompleted() {
        gone();
      }

      private void gone() {
        synchronized (lock) {
          agent = agent.filter(one -> one != down);
          lock.notifyAll();
        }
      }
    };
  }

  /** Tokens say themselves what they may do: {@code management}, or a policy for nodes. */
  @Override
  public void resolveToken(ResolveTokenRequest request, StreamObserver<ResolveTokenReply> answer) {
    String token = request.getSecretId();
    synchronized (lock) {
      if (!request.getNode().getSecretId().equals(secret) || token.equals("unknown")) {
        answer.onError(Status.PERMISSION_DENIED.withDescription("no").asRuntimeException());
        return;
      }
    }
    if (token.equals("garbage")) {
      answer.onError(Status.UNAUTHENTICATED.withDescription("not a token").asRuntimeException());
      return;
    }
    Rights.Builder rights =
        Rights.newBuilder()
            .setAccessorId(token.isEmpty() ? "anonymous" : token)
            .setManagement(token.equals("management"));
    if (token.startsWith("node:")) {
      rights.addPolicies(PolicyRules.newBuilder().setNode(token.substring("node:".length())));
    } else if (token.startsWith("default:")) {
      rights.addPolicies(
          PolicyRules.newBuilder()
              .addNamespaces(
                  NamespaceRule.newBuilder()
                      .setPattern("default")
                      .addCapabilities(token.substring("default:".length()))));
    }
    answer.onNext(
        ResolveTokenReply.newBuilder()
            .setRights(rights)
            .setTtl(Duration.ofSeconds(30).toNanos())
            .build());
    answer.onCompleted();
  }

  private void take(AgentUp up, StreamObserver<AgentDown> down) {
    switch (up.getUpCase()) {
      case REGISTER -> {
        if (!secret.isEmpty() && !secret.equals(up.getRegister().getSecretId())) {
          registrations++;
          down.onError(
              Status.PERMISSION_DENIED
                  .withDescription("node secret ID does not match")
                  .asRuntimeException());
          return;
        }
        secret = up.getRegister().getSecretId();
        node = Optional.of(up.getRegister().getNode());
        registrations++;
        agent = Optional.of(down);
        down.onNext(
            AgentDown.newBuilder()
                .setRegistered(Registered.newBuilder().setHeartbeatTtl(TTL).setIndex(index))
                .build());
        sendAll(down);
      }
      case HEARTBEAT -> {
        heartbeats++;
        down.onNext(
            AgentDown.newBuilder()
                .setHeartbeat(HeartbeatAck.newBuilder().setHeartbeatTtl(TTL))
                .build());
      }
      case UPDATES -> {
        up.getUpdates()
            .getAllocationsList()
            .forEach(
                report -> {
                  reported.put(report.getId(), report);
                  history.add(report);
                });
        if (acknowledging) {
          down.onNext(
              AgentDown.newBuilder()
                  .setUpdates(UpdatesAck.newBuilder().setSequence(up.getUpdates().getSequence()))
                  .build());
        }
      }
      case NODE -> node = Optional.of(up.getNode());
      case UP_NOT_SET -> throw new IllegalStateException("empty message");
    }
  }

  /** What was asked for and signed: task/name. */
  public List<String> signed() {
    synchronized (lock) {
      return List.copyOf(signed);
    }
  }

  /** From now on nothing is signed. */
  public void refuseToSign(String why) {
    synchronized (lock) {
      unsigned = why;
    }
  }

  /** How long what is signed from now on holds. */
  public void signFor(Duration time) {
    synchronized (lock) {
      signedFor = Optional.of(time);
    }
  }

  @Override
  public void signIdentities(SignIdentitiesRequest request, StreamObserver<SignReply> answer) {
    SignReply.Builder reply = SignReply.newBuilder();
    synchronized (lock) {
      for (var wish : request.getWishesList()) {
        if (!unsigned.isEmpty()) {
          reply.addSigned(SignReply.Signed.newBuilder().setRejection(unsigned));
          continue;
        }
        String what = wish.getTask() + "/" + wish.getName();
        signed.add(what);
        long number = signed.stream().filter(what::equals).count();
        reply.addSigned(
            SignReply.Signed.newBuilder()
                .setJwt("jwt-" + wish.getName() + "-" + number)
                .setExpires(
                    signedFor
                        .map(
                            time ->
                                TimeUnit.SECONDS.toNanos(Instant.now().plus(time).getEpochSecond()))
                        .orElse(0L)));
      }
    }
    answer.onNext(reply.build());
    answer.onCompleted();
  }

  /** In chunks of one, as a large set would come. */
  private void sendAll(StreamObserver<AgentDown> down) {
    for (Allocation allocation : wanted.values()) {
      down.onNext(
          message(AllocationsForNode.newBuilder().setFull(true).addAllocations(allocation)));
    }
    down.onNext(message(AllocationsForNode.newBuilder().setFull(true).setLast(true)));
  }

  private static AgentDown message(AllocationsForNode.Builder allocations) {
    return AgentDown.newBuilder().setAllocations(allocations).build();
  }

  @Override
  public StreamObserver<AgentAnswer> answer(StreamObserver<AnswerCredit> credit) {
    return new StreamObserver<>() {
      private Call call;

      @Override
      public void onNext(AgentAnswer answer) {
        synchronized (lock) {
          if (call == null) {
            call = calls.get(answer.getCallId());
            call.credit = credit;
          }
          switch (answer.getAnswerCase()) {
            case FRAME -> call.frames.add(answer.getFrame());
            case FAILURE ->
                call.failure =
                    Optional.of(
                        Status.fromCodeValue(answer.getFailure().getCode())
                            .withDescription(answer.getFailure().getMessage()));
            case ANSWER_NOT_SET -> call.opened = true;
          }
          lock.notifyAll();
        }
      }

      @Override
      public void onError(Throwable error) {
        synchronized (lock) {
          call.over = true;
          lock.notifyAll();
        }
      }

      @Override
      public void onCompleted() {
        synchronized (lock) {
          call.over = true;
          lock.notifyAll();
        }
        credit.onCompleted();
      }
    };
  }

  /** A request to the agent, and what it answered. */
  public final class Call {
    private final String id = UUID.randomUUID().toString();
    private final List<ClientFrame> frames = new ArrayList<>();
    private Optional<Status> failure = Optional.empty();
    private StreamObserver<AnswerCredit> credit;
    private boolean opened;
    private boolean over;

    public List<ClientFrame> frames() {
      synchronized (lock) {
        return List.copyOf(frames);
      }
    }

    public Optional<Status> failure() {
      synchronized (lock) {
        return failure;
      }
    }

    public Call awaitEnd() {
      await("the end of the answer", () -> over);
      return this;
    }

    public void awaitOpen() {
      await("the answer to begin", () -> opened);
    }

    /** Waits until the bytes that came are as wanted. */
    public byte[] awaitBytes(Predicate<byte[]> wanted) {
      await("bytes as wanted", () -> wanted.test(bytes()));
      return bytes();
    }

    public byte[] bytes() {
      synchronized (lock) {
        var all = new java.io.ByteArrayOutputStream();
        frames.forEach(frame -> all.writeBytes(frame.getData().getData().toByteArray()));
        return all.toByteArray();
      }
    }

    public void credit(int bytes) {
      synchronized (lock) {
        credit.onNext(AnswerCredit.newBuilder().setBytes(bytes).build());
      }
    }

    /** Sends something to the command that runs. */
    public void input(ExecInput input) {
      await("the answer to begin", () -> opened);
      synchronized (lock) {
        credit.onNext(AnswerCredit.newBuilder().setInput(input).build());
      }
    }

    /** Waits until the frames that came are as wanted. */
    public void awaitFrames(Predicate<List<ClientFrame>> wanted) {
      await("frames as wanted", () -> wanted.test(frames));
    }

    public void cancel() {
      synchronized (lock) {
        credit.onError(Status.CANCELLED.asRuntimeException());
      }
    }
  }

  /** Asks the agent. */
  public Call ask(ClientRequest request) {
    await("the agent", () -> agent.isPresent());
    Call call = new Call();
    synchronized (lock) {
      calls.put(call.id, call);
      agent
          .get()
          .onNext(
              AgentDown.newBuilder()
                  .setRequest(AgentRequest.newBuilder().setCallId(call.id).setRequest(request))
                  .build());
    }
    return call;
  }

  /** Sends an allocation, new or changed. */
  public void send(Allocation allocation) {
    synchronized (lock) {
      index++;
      wanted.put(allocation.getId(), allocation);
      agent.ifPresent(
          down ->
              down.onNext(
                  message(
                      AllocationsForNode.newBuilder().setIndex(index).addAllocations(allocation))));
    }
  }

  /** Tells the agent to stop an allocation. */
  public void stop(Allocation allocation) {
    send(
        allocation.toBuilder()
            .setDesiredStatus("stop")
            .setAllocModifyIndex(allocation.getAllocModifyIndex() + 1)
            .build());
  }

  /** Forgets an allocation; the agent is told if asked for. */
  public void forget(String id, boolean tell) {
    synchronized (lock) {
      wanted.remove(id);
      if (tell) {
        agent.ifPresent(
            down ->
                down.onNext(
                    message(AllocationsForNode.newBuilder().setIndex(++index).addRemoved(id))));
      }
    }
  }

  /** From now on updates are acknowledged, or not. */
  public void acknowledge(boolean yes) {
    synchronized (lock) {
      acknowledging = yes;
    }
  }

  /** Only this secret is taken. */
  public void expectSecret(String only) {
    synchronized (lock) {
      secret = only;
    }
  }

  public Allocation awaitReport(String id, Predicate<Allocation> wantedReport) {
    await(
        "a report of " + id, () -> reported.containsKey(id) && wantedReport.test(reported.get(id)));
    synchronized (lock) {
      return reported.get(id);
    }
  }

  public Allocation awaitStatus(String id, String status) {
    return awaitReport(id, report -> report.getClientStatus().equals(status));
  }

  public Node awaitNode() {
    await("a registration", () -> node.isPresent());
    synchronized (lock) {
      return node.get();
    }
  }

  public void awaitRegistrations(int count) {
    await(count + " registrations", () -> registrations >= count);
  }

  public void awaitHeartbeats(int count) {
    await(count + " heartbeats", () -> heartbeats >= count);
  }

  public List<Allocation> history() {
    synchronized (lock) {
      return List.copyOf(history);
    }
  }

  private void await(String what, BooleanSupplier condition) {
    long until = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    synchronized (lock) {
      while (!condition.getAsBoolean()) {
        long left = (until - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new AssertionError("waited in vain for " + what + "; reported: " + reported);
        }
        try {
          lock.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new AssertionError(e);
        }
      }
    }
  }

  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
