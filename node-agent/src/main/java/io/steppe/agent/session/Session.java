package io.steppe.agent.session;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.steppe.agent.alloc.Allocations;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.Channels;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ResolveTokenReply;
import io.steppe.rpc.v1.SignReply.Signed;
import io.steppe.rpc.v1.SignRequest.Wish;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The agent's tie to the control plane: one connection to one replica of node-service at a time,
 * made anew with another when it breaks. Without one the node goes on with what it knows.
 */
public final class Session implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Session.class);

  private static final Duration CLOSE = Duration.ofSeconds(5);

  /** Pause between two looks at the introduction of a node that is refused. */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

  /** Who the node is. */
  public record Credentials(String nodeId, String secret, Supplier<String> introduction) {
    @Override
    public String toString() {
      return "Credentials[" + nodeId + "]";
    }
  }

  private final SessionSettings settings;
  private final Credentials credentials;
  private final Supplier<Node> node;
  private final Allocations allocations;
  private final Outbox outbox;
  private final Answers.Desk desk;
  private final ScheduledExecutorService timer;
  private final DoubleSupplier random;
  private final Servers servers;
  private volatile boolean closed;
  private volatile Optional<Connection> current = Optional.empty();
  private Thread thread;

  public Session(
      SessionSettings settings,
      Credentials credentials,
      Supplier<Node> node,
      Allocations allocations,
      Outbox outbox,
      Answers.Desk desk,
      ScheduledExecutorService timer,
      DoubleSupplier random) {
    this.settings = settings;
    this.credentials = credentials;
    this.node = node;
    this.allocations = allocations;
    this.outbox = outbox;
    this.desk = desk;
    this.timer = timer;
    this.random = random;
    this.servers = new Servers(settings.servers(), random);
  }

  /** Begins to connect. */
  public void start() {
    outbox.listen(() -> current.ifPresent(Connection::reportsChanged));
    thread = Thread.ofVirtual().name("session").start(this::run);
  }

  /** Whether the control plane knows the node now. */
  public boolean registered() {
    return current.filter(Connection::registered).isPresent();
  }

  /** Addresses where node-service may be. */
  public List<String> servers() {
    return servers.all();
  }

  /** Dials these from now on; a connection to another ends. */
  public void dial(List<String> addresses) {
    servers.replace(addresses);
    if (!servers.isLastKnown()) {
      current.ifPresent(Connection::end);
    }
  }

  /**
   * What a token may do, as the replica says that the session is with.
   *
   * @param secret empty for none
   * @throws Failure DENIED for a token that is none, UNAVAILABLE without a session
   */
  public ResolveTokenReply resolve(String secret) {
    return current
        .filter(Connection::registered)
        .orElseThrow(() -> Failure.unavailable("No path to the control plane"))
        .resolve(secret);
  }

  /**
   * Has identities of tasks signed.
   *
   * @throws Failure UNAVAILABLE without a connection
   */
  public List<Signed> sign(List<Wish> wishes) {
    return current
        .filter(Connection::registered)
        .orElseThrow(() -> Failure.unavailable("the node has no session now"))
        .sign(wishes);
  }

  /** Tells of a changed fingerprint. */
  public void nodeChanged() {
    current.ifPresent(Connection::nodeChanged);
  }

  private void run() {
    int failures = 0;
    while (!closed) {
      Optional<String> server = servers.next();
      String shown = credentials.introduction().get();
      Status end =
          server.isEmpty()
              ? Status.UNAVAILABLE.withDescription("no server is known")
              : connect(server.get());
      failures = current.filter(Connection::registered).isPresent() ? 0 : failures + 1;
      current = Optional.empty();
      if (!closed) {
        log(server.orElse("-"), end, failures);
        if (end.getCode() == Status.Code.PERMISSION_DENIED) {
          awaitIntroduction(shown, jittered(settings.refused()));
        } else {
          pause(wait(failures));
        }
      }
    }
  }

  /** Waits, but not once there is another introduction than the one that was shown. */
  private void awaitIntroduction(String shown, Duration longest) {
    long until = System.nanoTime() + longest.toNanos();
    long left = longest.toNanos();
    while (!closed && left > 0 && credentials.introduction().get().equals(shown)) {
      pause(Duration.ofNanos(Math.min(left, LOOK_AGAIN.toNanos())));
      left = until - System.nanoTime();
    }
  }

  private Status connect(String server) {
    ManagedChannel channel = Channels.open(server, settings.tls());
    try {
      var connection =
          new Connection(
              channel,
              settings.connectTimeout(),
              credentials,
              node,
              allocations,
              outbox,
              desk,
              servers,
              timer);
      current = Optional.of(connection);
      Status end = connection.run();
      outbox.resend();
      return end;
    } finally {
      Channels.close(channel);
    }
  }

  private void log(String server, Status end, int failures) {
    if (end.getCode() == Status.Code.PERMISSION_DENIED) {
      LOG.errorf(
          "node %s is refused by %s: %s; it is tried again, its tasks go on",
          credentials.nodeId(), server, end.getDescription());
    } else if (failures <= 1) {
      LOG.warnf(
          "session with %s ended: %s %s",
          server, end.getCode(), String.valueOf(end.getDescription()));
    } else {
      LOG.debugf("no session with %s: %s", server, end);
    }
  }

  private Duration wait(int failures) {
    Duration grown = settings.shortest().multipliedBy(1L << Math.min(failures, 10));
    return jittered(grown.compareTo(settings.longest()) > 0 ? settings.longest() : grown);
  }

  private Duration jittered(Duration full) {
    return Duration.ofNanos((long) (full.toNanos() * (0.5 + random.getAsDouble() / 2)));
  }

  private void pause(Duration wait) {
    try {
      Thread.sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sends what still waits, as far as that goes within the limit, and ends the session. */
  public void flush(Duration limit) {
    long until = System.nanoTime() + limit.toNanos();
    while (registered()
        && !outbox.empty()
        && System.nanoTime() < until
        && !Thread.currentThread().isInterrupted()) {
      pause(Duration.ofMillis(5));
    }
  }

  @Override
  public void close() {
    closed = true;
    current.ifPresent(Connection::end);
    if (thread != null) {
      thread.interrupt();
      join();
    }
  }

  private void join() {
    try {
      if (!thread.join(CLOSE)) {
        LOG.warn("the session does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
