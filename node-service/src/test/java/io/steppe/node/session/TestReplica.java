package io.steppe.node.session;

import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.smallrye.mutiny.Uni;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.Replicas;
import io.steppe.ledger.Replicas.Member;
import io.steppe.node.client.Answers;
import io.steppe.node.client.ClientsEndpoint;
import io.steppe.node.collection.NodeCollector;
import io.steppe.node.identity.TaskIdentities;
import io.steppe.node.introduction.Introductions;
import io.steppe.node.node.FollowingEvaluations;
import io.steppe.node.node.NodeWrites;
import io.steppe.node.node.NodesEndpoint;
import io.steppe.node.peer.Peers;
import io.steppe.node.peer.PeersEndpoint;
import io.steppe.node.token.AgentTokens;
import io.steppe.node.view.NodeView;
import io.steppe.node.view.Reads;
import io.steppe.rpc.v1.NodeEvaluationsReply;
import io.steppe.tls.Tls;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** A replica of node-service with everything but Quarkus. */
public final class TestReplica implements AutoCloseable {
  static final Duration TTL = Duration.ofSeconds(10);
  static final Duration GRACE = Duration.ofSeconds(5);

  /** Longer than any TTL with its grace. */
  static final Duration TOO_LATE = Duration.ofSeconds(26);

  private static final FollowingEvaluations NO_EVALUATIONS =
      (_, _) -> Uni.createFrom().item(NodeEvaluationsReply.getDefaultInstance());

  final Sessions sessions;
  final Watch watch;
  final Answers answers;
  final Server server;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService sender = Executors.newSingleThreadExecutor();
  private final Peers peers;
  private final AutoCloseable feed;

  public TestReplica(
      Ledger<NodeView> ledger,
      SessionRows rows,
      Replicas replicas,
      TestAllocService allocService,
      InstantSource clock)
      throws IOException {
    this(ledger, rows, replicas, allocService, clock, Duration.ofSeconds(10));
  }

  TestReplica(
      Ledger<NodeView> ledger,
      SessionRows rows,
      Replicas replicas,
      TestAllocService allocService,
      InstantSource clock,
      Duration answerWithin)
      throws IOException {
    this(ledger, rows, replicas, allocService, clock, answerWithin, Introductions.notAsked());
  }

  TestReplica(
      Ledger<NodeView> ledger,
      SessionRows rows,
      Replicas replicas,
      TestAllocService allocService,
      InstantSource clock,
      Duration answerWithin,
      Introductions introductions)
      throws IOException {
    peers = new Peers(replicas, Tls.off());
    UpdateRelay relay = new UpdateRelay(allocService.channel(), timer);
    sessions =
        new Sessions(
            ledger,
            rows,
            replicas,
            relay,
            peers,
            introductions,
            new HeartbeatTtl(TTL, 50, GRACE, TTL),
            clock,
            new Random(1));
    Adoption adoption = new Adoption(ledger, rows, sessions);
    watch = new Watch(ledger, replicas, sessions, adoption, clock);
    feed = new AllocationFeed(sessions, sender).follow(ledger);
    answers = new Answers(timer, answerWithin);
    TaskIdentities identities = new TaskIdentities(ledger, allocService.channel());
    server =
        NettyServerBuilder.forPort(0)
            .addService(
                new AgentSessionEndpoint(
                    sessions,
                    ledger,
                    answers,
                    new AgentTokens(ledger, identities::identify, clock),
                    identities))
            .addService(new ClientsEndpoint(sessions, rows, answers, peers))
            .addService(
                new NodesEndpoint(
                    new Reads(ledger, clock),
                    new NodeWrites(ledger, NO_EVALUATIONS),
                    new NodeCollector(ledger, replicas, Duration.ofHours(24), clock)))
            .addService(new PeersEndpoint(sessions))
            .build()
            .start();
  }

  public int port() {
    return server.getPort();
  }

  static Member member(String id, long generation, int port) {
    return new Member(
        id,
        Sessions.SERVICE,
        "127.0.0.1:" + port,
        "1",
        Instant.EPOCH,
        generation,
        Instant.MAX,
        true);
  }

  @Override
  public void close() throws Exception {
    feed.close();
    server.shutdownNow().awaitTermination();
    peers.close();
    timer.shutdownNow();
    sender.shutdownNow();
  }
}
