package io.steppe.node.main;

import io.grpc.ManagedChannel;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.steppe.ledger.DatabaseAddress;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.LedgerSettings;
import io.steppe.ledger.PostgresLedger;
import io.steppe.ledger.PostgresReplicas;
import io.steppe.ledger.Replicas;
import io.steppe.node.client.Answers;
import io.steppe.node.collection.NodeCollector;
import io.steppe.node.drain.DrainWatch;
import io.steppe.node.identity.TaskIdentities;
import io.steppe.node.introduction.SignedIntroductions;
import io.steppe.node.node.AllocServiceEvaluations;
import io.steppe.node.node.NodeWrites;
import io.steppe.node.peer.Peers;
import io.steppe.node.pool.AllocServicePoolJobs;
import io.steppe.node.pool.PoolJobs;
import io.steppe.node.session.Adoption;
import io.steppe.node.session.AllocationFeed;
import io.steppe.node.session.HeartbeatTtl;
import io.steppe.node.session.PostgresSessionRows;
import io.steppe.node.session.SessionRows;
import io.steppe.node.session.Sessions;
import io.steppe.node.session.UpdateRelay;
import io.steppe.node.session.Watch;
import io.steppe.node.token.AgentTokens;
import io.steppe.node.view.NodeView;
import io.steppe.node.view.Reads;
import io.steppe.rpc.Channels;
import io.steppe.tls.Tls;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Puts the service together, starts what runs by itself, and stops it in order. */
@ApplicationScoped
class NodeService {
  private static final Logger LOG = Logger.getLogger(NodeService.class);

  /**
   * Sessions are claimed, adopted and looked up on these; commits have connections of their own.
   */
  private static final int CONNECTIONS = 2;

  private final NodeSettings settings;
  private final InstantSource clock = InstantSource.system();
  private final ScheduledExecutorService worker =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("node-service").factory());
  private final ScheduledExecutorService sender =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("node-allocations").factory());
  private final Ledger<NodeView> ledger;
  private final Replicas replicas;
  private final Pool pool;
  private final SessionRows rows;
  private final ManagedChannel allocService;
  private final Sessions sessions;
  private final Answers answers;
  private final Peers peers;
  private final Migrations migrations;
  private final NodeWrites writes;
  private final PoolJobs poolJobs;
  private final DrainWatch drains;
  private final NodeCollector collector;

  NodeService(
      NodeSettings settings,
      Tls tls,
      @ConfigProperty(name = "quarkus.application.version") String version,
      Vertx vertx) {
    this.settings = settings;
    DatabaseAddress database =
        DatabaseAddress.of(
            settings.database().url(),
            settings.database().user(),
            settings.database().password(),
            "steppe_node");
    String id = settings.replica().id().orElseGet(() -> "node-service-" + UUID.randomUUID());
    LedgerSettings ledgerSettings =
        LedgerSettings.of(
                database.url(), database.user(), database.password(), "node", NodeView.TABLES, id)
            .withDurabilityChecked(settings.database().durabilityChecked());
    this.migrations = new Migrations(database, worker);
    this.ledger = PostgresLedger.open(vertx, ledgerSettings, NodeView.empty());
    this.replicas =
        PostgresReplicas.open(
            vertx,
            ledgerSettings,
            new Replicas.Self(
                id, Sessions.SERVICE, settings.replica().address(), version, clock.instant()));
    this.pool = pool(vertx, database);
    this.rows = new PostgresSessionRows(pool);
    this.peers = new Peers(replicas, tls);
    this.allocService = Channels.open(settings.allocService(), tls);
    this.sessions =
        new Sessions(
            ledger,
            rows,
            replicas,
            new UpdateRelay(allocService, worker),
            peers,
            SignedIntroductions.of(settings.node().introduction(), allocService),
            new HeartbeatTtl(
                settings.heartbeat().minTtl(),
                settings.heartbeat().maxPerSecond(),
                settings.heartbeat().grace(),
                settings.heartbeat().failover()),
            clock,
            new Random());
    this.answers = new Answers(worker, settings.relay().answerWithin());
    this.writes =
        new NodeWrites(
            ledger,
            new AllocServiceEvaluations(allocService, settings.evaluations().answerWithin()));
    this.poolJobs = new AllocServicePoolJobs(allocService, settings.evaluations().answerWithin());
    this.drains = new DrainWatch(ledger, replicas, worker);
    this.collector = new NodeCollector(ledger, replicas, settings.gc().nodeAge(), clock);
  }

  private static Pool pool(Vertx vertx, DatabaseAddress database) {
    PgConnectOptions options = database.options();
    options.setCachePreparedStatements(true);
    return Pool.newInstance(
        PgBuilder.pool()
            .with(new PoolOptions().setMaxSize(CONNECTIONS))
            .connectingTo(options)
            .using(vertx)
            .build());
  }

  void start(@Observes StartupEvent event) {
    migrations.start();
    new AllocationFeed(sessions, sender).follow(ledger);
    drains.follow();
    Watch watch =
        new Watch(ledger, replicas, sessions, new Adoption(ledger, rows, sessions), clock);
    long tick = settings.heartbeat().tick().toMillis();
    worker.scheduleWithFixedDelay(() -> tick(watch), tick, tick, TimeUnit.MILLISECONDS);
    long interval = settings.gc().interval().toMillis();
    worker.scheduleWithFixedDelay(this::collect, interval, interval, TimeUnit.MILLISECONDS);
  }

  private void collect() {
    try {
      collector.tick();
    } catch (RuntimeException e) {
      LOG.errorf(e, "looking for nodes that are down for long failed; tried again");
    }
  }

  private void tick(Watch watch) {
    try {
      watch.tick();
      drains.tick();
    } catch (RuntimeException e) {
      LOG.errorf(e, "looking for late nodes and ended drains failed; tried again");
    }
  }

  /** Agents dial elsewhere, others take the nodes over, then the connections go. */
  void stop(@Observes ShutdownEvent event) {
    worker.shutdownNow();
    sessions.giveUpAll();
    sender.shutdownNow();
    replicas.close();
    ledger.close();
    peers.close();
    Channels.close(allocService);
    pool.closeAndForget();
  }

  @Produces
  @Singleton
  Ledger<NodeView> ledger() {
    return ledger;
  }

  @Produces
  @Singleton
  Replicas replicas() {
    return replicas;
  }

  @Produces
  @Singleton
  SessionRows rows() {
    return rows;
  }

  @Produces
  @Singleton
  Sessions sessions() {
    return sessions;
  }

  @Produces
  @Singleton
  AgentTokens tokens(TaskIdentities identities) {
    return new AgentTokens(ledger, identities::identify, clock);
  }

  @Produces
  @Singleton
  Answers answers() {
    return answers;
  }

  @Produces
  @Singleton
  TaskIdentities identities() {
    return new TaskIdentities(ledger, allocService);
  }

  @Produces
  @Singleton
  Peers peers() {
    return peers;
  }

  @Produces
  @Singleton
  NodeWrites writes() {
    return writes;
  }

  @Produces
  @Singleton
  NodeCollector collector() {
    return collector;
  }

  @Produces
  @Singleton
  PoolJobs poolJobs() {
    return poolJobs;
  }

  @Produces
  @Singleton
  Reads reads() {
    return new Reads(ledger, clock);
  }

  @Produces
  @Singleton
  InstantSource clock() {
    return clock;
  }

  @Produces
  @Singleton
  Migrations migrations() {
    return migrations;
  }
}
