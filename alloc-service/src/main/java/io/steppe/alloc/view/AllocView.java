package io.steppe.alloc.view;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UInt64Value;
import io.steppe.alloc.scheduler.fleet.Fleet;
import io.steppe.alloc.setting.Settings;
import io.steppe.ledger.LoggedChange;
import io.steppe.ledger.Tables;
import io.steppe.ledger.View;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Deployment;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.NodePool;
import io.steppe.rpc.v1.StoredKey;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * What alloc-service knows, at one index: every object of its tables and of the nodes, with the
 * indexes its decisions and reads go by.
 *
 * @param fleet nodes and what runs on them, as the scheduler needs them
 * @param pools node pools that somebody made
 * @param positions how far followers of the log have come
 * @param settings what operators set for the region
 * @param rootKeys what identities are signed with, by id
 */
public record AllocView(
    JobTable jobTable,
    EvaluationTable evaluationTable,
    AllocationTable allocationTable,
    PMap<String, Deployment> deployments,
    PMap<String, Node> nodes,
    Fleet fleet,
    PMap<String, NodePool> pools,
    PMap<String, Long> positions,
    Settings settings,
    PMap<String, StoredKey> rootKeys)
    implements View<AllocView> {

  /** The view of an empty region. */
  public static AllocView empty() {
    return new AllocView(
        JobTable.EMPTY,
        EvaluationTable.EMPTY,
        AllocationTable.EMPTY,
        HashTreePMap.empty(),
        HashTreePMap.empty(),
        Fleet.EMPTY,
        HashTreePMap.empty(),
        HashTreePMap.empty(),
        Settings.NONE,
        HashTreePMap.empty());
  }

  @Override
  public AllocView apply(LoggedChange logged) {
    var key = logged.change().key();
    var object = logged.change().object();
    try {
      return object.isPresent()
          ? put(logged.change().table(), key, object.get())
          : delete(logged.change().table(), key);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(
          "object " + key + " of " + logged.change().table() + " can't be read", e);
    }
  }

  private AllocView put(String table, String key, ByteString object)
      throws InvalidProtocolBufferException {
    return switch (table) {
      case Tables.JOBS -> with(Job.parseFrom(object));
      case Tables.JOB_VERSIONS -> withVersion(Job.parseFrom(object));
      case Tables.EVALS -> with(Evaluation.parseFrom(object));
      case Tables.ALLOCS -> with(Allocation.parseFrom(object));
      case Tables.DEPLOYMENTS -> with(Deployment.parseFrom(object));
      case Tables.NODES -> with(Node.parseFrom(object));
      case Tables.NODE_POOLS -> with(NodePool.parseFrom(object));
      case Tables.ROOT_KEYS -> withRootKeys(rootKeys.plus(key, StoredKey.parseFrom(object)));
      case Tables.POSITIONS -> withPosition(key, UInt64Value.parseFrom(object).getValue());
      case Tables.SETTINGS -> withSettings(settings.with(key, object));
      default -> this;
    };
  }

  private AllocView delete(String table, String key) {
    return switch (table) {
      case Tables.JOBS -> with(jobTable.minus(JobKey.parse(key)));
      case Tables.JOB_VERSIONS -> {
        int hash = key.lastIndexOf('#');
        yield with(
            jobTable.minusVersion(
                JobKey.parse(key.substring(0, hash)), Long.parseLong(key.substring(hash + 1))));
      }
      case Tables.EVALS -> with(evaluationTable.minus(key));
      case Tables.ALLOCS -> withoutAllocation(key);
      case Tables.DEPLOYMENTS -> withDeployments(deployments.minus(key));
      case Tables.NODES -> with(nodes.minus(key), fleet.withoutNode(key));
      case Tables.NODE_POOLS -> withPools(pools.minus(key));
      case Tables.ROOT_KEYS -> withRootKeys(rootKeys.minus(key));
      case Tables.POSITIONS -> withPositions(positions.minus(key));
      case Tables.SETTINGS -> withSettings(settings.without(key));
      default -> this;
    };
  }

  /** Namespaces that something is in, and the one that is always there; in order. */
  public SortedSet<String> namespaces() {
    var names = new TreeSet<String>();
    names.add(JobKey.DEFAULT_NAMESPACE);
    Stream.of(jobTable.current(), evaluationTable.byJob(), allocationTable.byJob().ids())
        .flatMap(byJob -> byJob.keySet().stream())
        .forEach(key -> names.add(key.namespace()));
    return names;
  }

  /** The jobs that are registered. */
  public PMap<JobKey, Job> jobs() {
    return jobTable.current();
  }

  public PMap<String, Evaluation> evaluations() {
    return evaluationTable.byId();
  }

  public PMap<String, Allocation> allocations() {
    return allocationTable.byId();
  }

  public Optional<Job> job(JobKey key) {
    return Optional.ofNullable(jobs().get(key));
  }

  public Optional<Job> version(JobKey key, long version) {
    return Optional.ofNullable(versions(key).get(version));
  }

  /** Every version kept of a job, the current one included; also of one that was purged. */
  public PMap<Long, Job> versions(JobKey key) {
    return jobTable.versionsOf(key);
  }

  public Optional<Evaluation> evaluation(String id) {
    return Optional.ofNullable(evaluations().get(id));
  }

  public Optional<Allocation> allocation(String id) {
    return Optional.ofNullable(allocations().get(id));
  }

  public Optional<Node> node(String id) {
    return Optional.ofNullable(nodes.get(id));
  }

  /** Every evaluation of a job: what only few requests should ask for. */
  public Collection<Evaluation> evaluationsOf(JobKey key) {
    return evaluationTable.of(key).ids().stream().map(evaluations()::get).toList();
  }

  /** The evaluations of a job that still wait for something. */
  public Collection<Evaluation> openEvaluationsOf(JobKey key) {
    return evaluationTable.of(key).open().values();
  }

  /** Whether a job has an evaluation, of whatever age. */
  public boolean wasEvaluated(JobKey key) {
    return evaluationTable.byJob().containsKey(key);
  }

  /** The job's newest evaluation that tells how many allocations it left to place. */
  public Optional<Evaluation> countedEvaluationOf(JobKey key) {
    return evaluationTable.of(key).counted();
  }

  public Collection<Allocation> allocationsOf(JobKey key) {
    return allocationTable.all(allocationTable.byJob().of(key));
  }

  /** Whether a job has an allocation, whatever became of it. */
  public boolean hasAllocations(JobKey key) {
    return allocationTable.byJob().contains(key);
  }

  /** Nodes that have an allocation, those that are gone included. */
  public Set<String> nodesWithAllocations() {
    return allocationTable.byNode().ids().keySet();
  }

  public Collection<Allocation> allocationsOn(String nodeId) {
    return allocationTable.all(allocationTable.byNode().of(nodeId));
  }

  public Collection<Allocation> allocationsFrom(String evaluationId) {
    return allocationTable.all(allocationTable.byEvaluation().of(evaluationId));
  }

  /** How many allocations a job has, by what became of them. */
  public JobCounts counts(JobKey key) {
    return allocationTable.countsOf(key);
  }

  /** Whether a job may name a node pool. */
  public boolean hasPool(String name) {
    return name.isEmpty()
        || name.equals("all")
        || name.equals("default")
        || pools.containsKey(name);
  }

  /** Index of the last change that told an allocation of this job what to do; 0 for none. */
  public long lastPlan(JobKey key) {
    return allocationTable.lastPlan(key);
  }

  /** How far a follower of the log has come; 0 for one that never moved. */
  public long position(String follower) {
    return positions.getOrDefault(follower, 0L);
  }

  public AllocView with(Job job) {
    return with(jobTable.plus(job));
  }

  public AllocView withVersion(Job job) {
    return with(jobTable.plusVersion(job));
  }

  public AllocView with(Evaluation evaluation) {
    return with(evaluationTable.plus(evaluation));
  }

  public AllocView with(Allocation allocation) {
    return with(allocationTable.plus(allocation), fleet.with(allocation));
  }

  private AllocView withoutAllocation(String id) {
    return allocation(id)
        .map(
            known ->
                with(allocationTable.minus(id), fleet.withoutAllocation(known.getNodeId(), id)))
        .orElse(this);
  }

  public AllocView with(Deployment deployment) {
    return withDeployments(deployments.plus(deployment.getId(), deployment));
  }

  public AllocView with(Node node) {
    return with(nodes.plus(node.getId(), node), fleet.with(node));
  }

  public AllocView with(NodePool pool) {
    return withPools(pools.plus(pool.getName(), pool));
  }

  public AllocView withPosition(String follower, long index) {
    return withPositions(positions.plus(follower, index));
  }

  private AllocView with(JobTable changed) {
    return new AllocView(
        changed,
        evaluationTable,
        allocationTable,
        deployments,
        nodes,
        fleet,
        pools,
        positions,
        settings,
        rootKeys);
  }

  private AllocView with(EvaluationTable changed) {
    return new AllocView(
        jobTable,
        changed,
        allocationTable,
        deployments,
        nodes,
        fleet,
        pools,
        positions,
        settings,
        rootKeys);
  }

  private AllocView with(AllocationTable changed, Fleet loaded) {
    return new AllocView(
        jobTable,
        evaluationTable,
        changed,
        deployments,
        nodes,
        loaded,
        pools,
        positions,
        settings,
        rootKeys);
  }

  private AllocView withDeployments(PMap<String, Deployment> changed) {
    return new AllocView(
        jobTable,
        evaluationTable,
        allocationTable,
        changed,
        nodes,
        fleet,
        pools,
        positions,
        settings,
        rootKeys);
  }

  private AllocView with(PMap<String, Node> changed, Fleet now) {
    return new AllocView(
        jobTable,
        evaluationTable,
        allocationTable,
        deployments,
        changed,
        now,
        pools,
        positions,
        settings,
        rootKeys);
  }

  private AllocView withPools(PMap<String, NodePool> changed) {
    return new AllocView(
        jobTable,
        evaluationTable,
        allocationTable,
        deployments,
        nodes,
        fleet,
        changed,
        positions,
        settings,
        rootKeys);
  }

  private AllocView withPositions(PMap<String, Long> changed) {
    return new AllocView(
        jobTable,
        evaluationTable,
        allocationTable,
        deployments,
        nodes,
        fleet,
        pools,
        changed,
        settings,
        rootKeys);
  }

  /** With other settings of the region. */
  public AllocView withSettings(Settings changed) {
    return new AllocView(
        jobTable,
        evaluationTable,
        allocationTable,
        deployments,
        nodes,
        fleet,
        pools,
        positions,
        changed,
        rootKeys);
  }

  private AllocView withRootKeys(PMap<String, StoredKey> changed) {
    return new AllocView(
        jobTable,
        evaluationTable,
        allocationTable,
        deployments,
        nodes,
        fleet,
        pools,
        positions,
        settings,
        changed);
  }
}
