package io.steppe.node.session;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.v1.AgentDown;
import io.steppe.rpc.v1.AgentSessionGrpc;
import io.steppe.rpc.v1.AgentUp;
import io.steppe.rpc.v1.AllocationsForNode;
import io.steppe.rpc.v1.Heartbeat;
import io.steppe.rpc.v1.Register;
import io.steppe.rpc.v1.Registered;
import io.steppe.rpc.v1.TaskUpdates;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** An agent that says what a test wants, over a real connection. */
public final class TestAgent implements AutoCloseable {
  private final ManagedChannel channel;
  private final StreamObserver<AgentUp> up;
  private final List<AgentDown> received = new CopyOnWriteArrayList<>();
  private final Map<String, Allocation> allocations = new ConcurrentHashMap<>();
  private volatile Optional<Status> ended = Optional.empty();

  public TestAgent(int port) {
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    up =
        AgentSessionGrpc.newStub(channel)
            .connect(
                new StreamObserver<>() {
                  @Override
                  public void onNext(AgentDown message) {
                    received.add(message);
                    take(message);
                  }

                  @Override
                  public void onError(Throwable error) {
                    ended = Optional.of(Status.fromThrowable(error));
                  }

                  @Override
                  public void onCompleted() {
                    ended = Optional.of(Status.OK);
                  }
                });
  }

  public ManagedChannel channel() {
    return channel;
  }

  public TestAgent send(AgentUp message) {
    up.onNext(message);
    return this;
  }

  public TestAgent register(Node node, String secret) {
    return send(
        AgentUp.newBuilder()
            .setRegister(Register.newBuilder().setNode(node).setSecretId(secret))
            .build());
  }

  public TestAgent heartbeat() {
    return send(AgentUp.newBuilder().setHeartbeat(Heartbeat.getDefaultInstance()).build());
  }

  TestAgent fingerprint(Node node) {
    return send(AgentUp.newBuilder().setNode(node).build());
  }

  TestAgent update(long sequence, Allocation... changed) {
    return send(
        AgentUp.newBuilder()
            .setUpdates(
                TaskUpdates.newBuilder().setSequence(sequence).addAllAllocations(List.of(changed)))
            .build());
  }

  private void take(AgentDown message) {
    if (!message.hasAllocations()) {
      return;
    }
    AllocationsForNode set = message.getAllocations();
    set.getAllocationsList().forEach(one -> allocations.put(one.getId(), one));
    set.getRemovedList().forEach(allocations::remove);
  }

  public Registered awaitRegistered() {
    return await("registered", AgentDown::hasRegistered).getRegistered();
  }

  public AgentDown await(String what, Predicate<AgentDown> wanted) {
    Eventually.await(
        what,
        () -> {
          if (ended.isPresent() && received.stream().noneMatch(wanted)) {
            throw new AssertionError("no " + what + ": the session ended with " + ended.get());
          }
          return received.stream().anyMatch(wanted);
        });
    return received.stream().filter(wanted).findFirst().orElseThrow();
  }

  public Status awaitEnd() {
    Eventually.await("end of the session", () -> ended.isPresent());
    return ended.orElseThrow();
  }

  boolean open() {
    return ended.isEmpty();
  }

  List<AgentDown> received() {
    return received;
  }

  Stream<AllocationsForNode> allocationMessages() {
    return received.stream().filter(AgentDown::hasAllocations).map(AgentDown::getAllocations);
  }

  /** What the node is to run, as the agent knows it. */
  Map<String, Allocation> allocations() {
    return allocations;
  }

  List<Long> acknowledged() {
    return received.stream()
        .filter(AgentDown::hasUpdates)
        .map(message -> message.getUpdates().getSequence())
        .toList();
  }

  /** Goes without a word. */
  @Override
  public void close() {
    channel.shutdownNow();
  }
}
