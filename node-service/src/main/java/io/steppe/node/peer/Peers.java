package io.steppe.node.peer;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.steppe.ledger.Replicas;
import io.steppe.ledger.Replicas.Member;
import io.steppe.node.session.Sessions;
import io.steppe.node.session.Superseded;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.PeersGrpc;
import io.steppe.rpc.v1.SupersededReply;
import io.steppe.rpc.v1.SupersededRequest;
import io.steppe.tls.Tls;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** The other replicas of this service, and what is said to them. */
public final class Peers implements Superseded, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Peers.class);
  private static final int MAX_CHANNELS = 64;
  private static final int WINDOW_BYTES = 1 << 20;
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(20);
  private static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  private final Replicas replicas;
  private final Tls tls;
  private final Map<String, ManagedChannel> channels =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ManagedChannel> eldest) {
          boolean tooMany = size() > MAX_CHANNELS;
          if (tooMany) {
            eldest.getValue().shutdown();
          }
          return tooMany;
        }
      };

  public Peers(Replicas replicas, Tls tls) {
    this.replicas = replicas;
    this.tls = tls;
  }

  /** A living replica other than this one. */
  public Optional<Member> living(String id) {
    return replicas.members(Sessions.SERVICE).stream()
        .filter(one -> one.id().equals(id) && !id.equals(replicas.self().id()))
        .findFirst();
  }

  /** A channel on which calls fail at once when the replica can't be reached. */
  public synchronized ManagedChannel channel(Member replica) {
    return channels.computeIfAbsent(
        replica.address(),
        target ->
            tls.channel(NettyChannelBuilder.forTarget(target))
                .flowControlWindow(WINDOW_BYTES)
                .keepAliveTime(KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                .build());
  }

  @Override
  public void elsewhere(String replica, String nodeId, long epoch) {
    living(replica).ifPresent(peer -> tell(peer, nodeId, epoch));
  }

  private void tell(Member peer, String nodeId, long epoch) {
    PeersGrpc.newStub(channel(peer))
        .withDeadlineAfter(DEADLINE.toSeconds(), TimeUnit.SECONDS)
        .superseded(
            SupersededRequest.newBuilder()
                .setCaller(Callers.service(Sessions.SERVICE))
                .setNodeId(nodeId)
                .setEpoch(epoch)
                .build(),
            new StreamObserver<>() {
              @Override
              public void onNext(SupersededReply reply) {
                LOG.debugf("%s knows of the newer session of node %s", peer.id(), nodeId);
              }

              @Override
              public void onError(Throwable error) {
                LOG.debugf(
                    "%s was not told of the newer session of node %s: %s",
                    peer.id(), nodeId, Failure.of(error).getMessage());
              }

              @Override
              public void onCompleted() {}
            });
  }

  @Override
  public synchronized void close() {
    channels.values().forEach(ManagedChannel::shutdownNow);
    channels.clear();
  }
}
