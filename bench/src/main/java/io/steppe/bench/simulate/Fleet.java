package io.steppe.bench.simulate;

import io.grpc.ManagedChannel;
import io.netty.util.HashedWheelTimer;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.Channels;
import io.steppe.rpc.v1.AgentSessionGrpc;
import io.steppe.rpc.v1.AgentSessionGrpc.AgentSessionStub;
import io.steppe.tls.Tls;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Many simulated nodes in one process. They share what an agent has for itself: a few connections,
 * the event loops' threads, one timer, one fingerprint. What a node costs is a stream and a few
 * hundred bytes.
 */
final class Fleet implements AutoCloseable {
  private static final int NODES_PER_CHANNEL = 2_000;
  private static final long TICK_MILLIS = 100;

  private final Tally tally = new Tally();
  private final HashedWheelTimer timer =
      new HashedWheelTimer(
          Thread.ofPlatform().name("fleet-timer").factory(), TICK_MILLIS, TimeUnit.MILLISECONDS);
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final List<SimulatedNode> nodes = new ArrayList<>();

  /**
   * @param servers node-service's addresses, {@code host:port[,host:port...]}
   * @param first number of the first node
   */
  Fleet(
      String servers,
      Tls tls,
      String prefix,
      int first,
      int size,
      Machine machine,
      InstantSource clock,
      RandomGenerator random) {
    for (int i = 0; i < size; i += NODES_PER_CHANNEL) {
      channels.add(Channels.open(servers, tls));
    }
    Node common = machine.common(clock.instant());
    for (int i = 0; i < size; i++) {
      Identity identity = Identity.of(prefix, first + i);
      // Messages are handled where they arrive: nothing here blocks.
      AgentSessionStub stub =
          AgentSessionGrpc.newStub(channels.get(i % channels.size())).withExecutor(Runnable::run);
      nodes.add(
          new SimulatedNode(
              identity, () -> machine.node(common, identity), stub, timer, clock, random, tally));
    }
  }

  Tally tally() {
    return tally;
  }

  int size() {
    return nodes.size();
  }

  /** Dials for every node, so many a second. */
  void connect(int perSecond) {
    for (int i = 0; i < nodes.size(); i++) {
      SimulatedNode node = nodes.get(i);
      timer.newTimeout(_ -> node.connect(), i * 1000L / perSecond, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void close() {
    timer.stop();
    nodes.forEach(SimulatedNode::close);
    for (ManagedChannel channel : channels) {
      channel.shutdown();
    }
    for (ManagedChannel channel : channels) {
      ended(channel);
    }
  }

  private static void ended(ManagedChannel channel) {
    try {
      if (!channel.awaitTermination(2, TimeUnit.SECONDS)) {
        Channels.close(channel);
      }
    } catch (InterruptedException e) {
      Channels.close(channel);
      Thread.currentThread().interrupt();
    }
  }
}
