package io.steppe.gateway.region;

import com.google.protobuf.ByteString;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodePool;
import io.steppe.rpc.v1.ChangeBatch;
import io.steppe.rpc.v1.EventLine;
import io.steppe.rpc.v1.ReadMeta;
import io.steppe.rpc.v1.ReadOptions;
import io.steppe.rpc.v1.SubscribeRequest;
import io.steppe.rpc.v1.TableChange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A region in memory: every service behind the gateway, with one index for all changes. It does
 * what the real ones promise, as simply as it can be done.
 */
public final class Region {
  static final long EPOCH = 7;

  final Map<String, Node> nodes = new ConcurrentSkipListMap<>();
  final Map<String, NodePool> pools = new ConcurrentSkipListMap<>();
  final Map<String, Job> jobs = new ConcurrentSkipListMap<>();
  final Map<String, Evaluation> evaluations = new ConcurrentSkipListMap<>();
  final Map<String, Allocation> allocations = new ConcurrentSkipListMap<>();
  final List<EventLine> events = new CopyOnWriteArrayList<>();
  final List<Consumer<ChangeBatch>> watchers = new CopyOnWriteArrayList<>();
  final List<SubscribeRequest> subscriptions = new CopyOnWriteArrayList<>();
  final long oldest = 5;
  final List<Runnable> subscribers = new CopyOnWriteArrayList<>();
  final List<String> seenRequests = new CopyOnWriteArrayList<>();
  private final Map<String, Long> tables = new ConcurrentHashMap<>();
  private final AtomicInteger whole = new AtomicInteger();
  private final AtomicInteger unchanged = new AtomicInteger();
  private final SinksEndpoint sinks = new SinksEndpoint();
  private final ClientsEndpoint clients = new ClientsEndpoint(this);
  private long index = 10;
  private int port;
  private Server server;

  /** Starts to listen; on the same port when it did before. */
  public synchronized void start() {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port));
    List<BindableService> services =
        List.of(
            new NodesEndpoint(this),
            new NodePoolsEndpoint(this),
            new JobsEndpoint(this),
            new EvaluationsEndpoint(this),
            new AllocationsEndpoint(this),
            clients,
            new EventsEndpoint(this),
            sinks,
            new ChangesEndpoint(this),
            new SettingsEndpoint(),
            new GarbageEndpoint(),
            new ClusterEndpoint(this));
    services.forEach(builder::addService);
    builder.permitKeepAliveTime(10, TimeUnit.SECONDS).permitKeepAliveWithoutCalls(true);
    try {
      server = builder.build().start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    port = server.getPort();
  }

  /** Dies, its connections with it. */
  public synchronized void stop() {
    server.shutdownNow();
    try {
      server.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public String address() {
    return "127.0.0.1:" + port;
  }

  public synchronized long index() {
    return index;
  }

  /** The files of every allocation. */
  public ClientsEndpoint files() {
    return clients;
  }

  /** Reads answered in full since last asked. */
  public int takeWhole() {
    return whole.getAndSet(0);
  }

  /** Reads answered with "unchanged" since last asked. */
  public int takeUnchanged() {
    return unchanged.getAndSet(0);
  }

  /** Event streams that are open. */
  public int subscribers() {
    return subscribers.size();
  }

  /** What streams of events were asked for, since last asked. */
  public List<SubscribeRequest> takeSubscriptions() {
    List<SubscribeRequest> taken = List.copyOf(subscriptions);
    subscriptions.removeAll(taken);
    return taken;
  }

  /** Ids of the writes that came in. */
  public List<String> writes() {
    return List.copyOf(seenRequests);
  }

  public synchronized long put(Node node) {
    long at = next();
    nodes.put(node.getId(), node.toBuilder().setModifyIndex(at).build());
    return changed("nodes", node.getId());
  }

  public synchronized long put(NodePool pool) {
    long at = next();
    pools.put(pool.getName(), pool.toBuilder().setModifyIndex(at).build());
    return changed("node_pools", pool.getName());
  }

  public synchronized long put(Job job) {
    long at = next();
    jobs.put(key(job.getNamespace(), job.getId()), job.toBuilder().setModifyIndex(at).build());
    return changed("jobs", key(job.getNamespace(), job.getId()));
  }

  public synchronized long put(Evaluation evaluation) {
    long at = next();
    evaluations.put(
        evaluation.getId(), evaluation.toBuilder().setCreateIndex(at).setModifyIndex(at).build());
    return changed("evals", evaluation.getId());
  }

  public synchronized long put(Allocation allocation) {
    long at = next();
    allocations.put(
        allocation.getId(), allocation.toBuilder().setCreateIndex(at).setModifyIndex(at).build());
    return changed("allocs", allocation.getId());
  }

  /** Adds a line to the event stream. */
  public synchronized void emit(String json) {
    events.add(
        EventLine.newBuilder().setIndex(next()).setJson(ByteString.copyFromUtf8(json)).build());
    subscribers.forEach(Runnable::run);
  }

  synchronized long remove(String table, Map<String, ?> rows, String key) {
    next();
    rows.remove(key);
    return changed(table, key);
  }

  static String key(String namespace, String id) {
    return (namespace.isEmpty() ? "default" : namespace) + "/" + id;
  }

  /** What a read of these tables begins with; empty body when the reader has it already. */
  synchronized ReadMeta meta(ReadOptions options, String... read) {
    long at = 0;
    for (String table : read) {
      at = Math.max(at, tables.getOrDefault(table, 0L));
    }
    boolean same = options.getKnownEpoch() == EPOCH && options.getKnownIndex() == at && at > 0;
    (same ? unchanged : whole).incrementAndGet();
    return ReadMeta.newBuilder().setIndex(at).setEpoch(EPOCH).setUnchanged(same).build();
  }

  /** Whether a read is about what is in a namespace, and its caller may see that. */
  static boolean sees(ReadOptions options, String namespace) {
    boolean asked =
        options.getNamespace().equals("*")
            || namespace.equals(
                options.getNamespace().isEmpty() ? "default" : options.getNamespace());
    return asked && shows(options, namespace);
  }

  /** Whether the caller of a read may see what is in a namespace, or a node pool. */
  static boolean shows(ReadOptions options, String name) {
    return !options.getRestricted() || options.getVisibleList().contains(name);
  }

  <T> Optional<T> found(Map<String, T> rows, String key) {
    return Optional.ofNullable(rows.get(key));
  }

  private long next() {
    return ++index;
  }

  private long changed(String table, String key) {
    tables.put(table, index);
    ChangeBatch batch =
        ChangeBatch.newBuilder()
            .setIndex(index)
            .setEpoch(EPOCH)
            .addTables(TableChange.newBuilder().setTable(table).setIndex(index).addKeys(key))
            .build();
    watchers.forEach(watcher -> watcher.accept(batch));
    return index;
  }
}
