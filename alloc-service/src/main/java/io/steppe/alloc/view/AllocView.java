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
import org.pcollections.HashTreePSet;
import org.pcollections.PMap;
import org.pcollections.PSet;

/**
 * What alloc-service knows, at one index: every object of its tables and of the nodes, with the
 * indexes its decisions and reads go by.
 *
 * @param versions versions of jobs, the current one included; also those of purged jobs that
 *     allocations still refer to
 * @param settings what operators set for the region
 * @param fleet nodes and what runs on them, as the scheduler needs them
 * @param counts per job how many allocations it has, by what became of them
 * @param rootKeys what identities are signed with, by id
 * @param lastPlans per job the index of the last change that told an allocation what to do
 */
public record AllocView(
    PMap<JobKey, Job> jobs,
    PMap<JobKey, PMap<Long, Job>> versions,
    PMap<String, Evaluation> evaluations,
    PMap<JobKey, JobEvaluations> evaluationsByJob,
    PMap<String, Allocation> allocations,
    PMap<JobKey, PSet<String>> allocationsByJob,
    PMap<String, PSet<String>> allocationsByNode,
    PMap<String, PSet<String>> allocationsByEvaluation,
    PMap<JobKey, JobCounts> counts,
    PMap<JobKey, Long> lastPlans,
    PMap<String, Deployment> deployments,
    PMap<String, Node> nodes,
    PMap<String, NodePool> pools,
    PMap<String, Long> positions,
    Settings settings,
    Fleet fleet,
    PMap<String, StoredKey> rootKeys)
    implements View<AllocView> {

  /** The view of an empty region. */
  public static AllocView empty() {
    return new AllocView(
        HashTreePMap.empty(),
        HashTreePMap.empty(),
        HashTreePMap.empty(),
        HashTreePMap.empty(),
        HashTreePMap.empty(),
        HashTreePMap.empty(),
        HashTreePMap.empty(),
        HashTreePMap.empty(),
        HashTreePMap.empty(),
        HashTreePMap.empty(),
        HashTreePMap.empty(),
        HashTreePMap.empty(),
        HashTreePMap.empty(),
        HashTreePMap.empty(),
        Settings.NONE,
        Fleet.EMPTY,
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
      case Tables.JOBS -> withoutJob(JobKey.parse(key));
      case Tables.JOB_VERSIONS -> {
        int hash = key.lastIndexOf('#');
        yield withoutVersion(
            JobKey.parse(key.substring(0, hash)), Long.parseLong(key.substring(hash + 1)));
      }
      case Tables.EVALS -> withoutEvaluation(key);
      case Tables.ALLOCS -> withoutAllocation(key);
      case Tables.DEPLOYMENTS -> withoutDeployment(key);
      case Tables.NODES -> withoutNode(key);
      case Tables.NODE_POOLS -> withPools(pools.minus(key));
      case Tables.ROOT_KEYS -> withRootKeys(rootKeys.minus(key));
      case Tables.POSITIONS -> withoutPosition(key);
      case Tables.SETTINGS -> withSettings(settings.without(key));
      default -> this;
    };
  }

  /** Namespaces that something is in, and the one that is always there; in order. */
  public SortedSet<String> namespaces() {
    var names = new TreeSet<String>();
    names.add(JobKey.DEFAULT_NAMESPACE);
    Stream.of(jobs, evaluationsByJob, allocationsByJob)
        .flatMap(byJob -> byJob.keySet().stream())
        .forEach(key -> names.add(key.namespace()));
    return names;
  }

  public Optional<Job> job(JobKey key) {
    return Optional.ofNullable(jobs.get(key));
  }

  public Optional<Job> version(JobKey key, long version) {
    return Optional.ofNullable(versions(key).get(version));
  }

  /** Every version kept of a job. */
  public PMap<Long, Job> versions(JobKey key) {
    return versions.getOrDefault(key, HashTreePMap.empty());
  }

  public Optional<Evaluation> evaluation(String id) {
    return Optional.ofNullable(evaluations.get(id));
  }

  public Optional<Allocation> allocation(String id) {
    return Optional.ofNullable(allocations.get(id));
  }

  public Optional<Node> node(String id) {
    return Optional.ofNullable(nodes.get(id));
  }

  /** Every evaluation of a job: what only few requests should ask for. */
  public Collection<Evaluation> evaluationsOf(JobKey key) {
    return indexOf(key).ids().stream().map(evaluations::get).toList();
  }

  /** The evaluations of a job that still wait for something. */
  public Collection<Evaluation> openEvaluationsOf(JobKey key) {
    return indexOf(key).open().values();
  }

  /** Whether a job has an evaluation, of whatever age. */
  public boolean wasEvaluated(JobKey key) {
    return evaluationsByJob.containsKey(key);
  }

  /** The job's newest evaluation that tells how many allocations it left to place. */
  public Optional<Evaluation> countedEvaluationOf(JobKey key) {
    return indexOf(key).counted();
  }

  private Stream<Evaluation> others(JobKey key, String id) {
    return indexOf(key).ids().stream().filter(one -> !one.equals(id)).map(evaluations::get);
  }

  private JobEvaluations indexOf(JobKey key) {
    return evaluationsByJob.getOrDefault(key, JobEvaluations.NONE);
  }

  public Collection<Allocation> allocationsOf(JobKey key) {
    return ids(allocationsByJob, key).stream().map(allocations::get).toList();
  }

  public Collection<Allocation> allocationsOn(String nodeId) {
    return ids(allocationsByNode, nodeId).stream().map(allocations::get).toList();
  }

  public Collection<Allocation> allocationsFrom(String evaluationId) {
    return ids(allocationsByEvaluation, evaluationId).stream().map(allocations::get).toList();
  }

  /** How many allocations a job has. */
  public JobCounts counts(JobKey key) {
    return counts.getOrDefault(key, JobCounts.NONE);
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
    return lastPlans.getOrDefault(key, 0L);
  }

  /** How far a follower of the log has come; 0 for one that never moved. */
  public long position(String follower) {
    return positions.getOrDefault(follower, 0L);
  }

  public AllocView with(Job job) {
    return withJobs(jobs.plus(JobKey.of(job), job), versions);
  }

  public AllocView withVersion(Job job) {
    var key = JobKey.of(job);
    return withJobs(jobs, versions.plus(key, versions(key).plus(job.getVersion(), job)));
  }

  private AllocView withoutJob(JobKey key) {
    return withJobs(jobs.minus(key), versions);
  }

  private AllocView withoutVersion(JobKey key, long version) {
    var left = versions(key).minus(version);
    return withJobs(jobs, left.isEmpty() ? versions.minus(key) : versions.plus(key, left));
  }

  public AllocView with(Evaluation evaluation) {
    var key = JobKey.of(evaluation);
    return withEvaluations(
        evaluations.plus(evaluation.getId(), evaluation),
        evaluationsByJob.plus(
            key, indexOf(key).plus(evaluation, () -> others(key, evaluation.getId()))));
  }

  private AllocView withoutEvaluation(String id) {
    var known = evaluations.get(id);
    if (known == null) {
      return this;
    }
    var key = JobKey.of(known);
    var left = indexOf(key).minus(id, () -> others(key, id));
    return withEvaluations(
        evaluations.minus(id),
        left.isEmpty() ? evaluationsByJob.minus(key) : evaluationsByJob.plus(key, left));
  }

  public AllocView with(Allocation allocation) {
    var id = allocation.getId();
    var before = allocations.get(id);
    var key = JobKey.of(allocation);
    var plans =
        allocation.getAllocModifyIndex() > lastPlan(key)
            ? lastPlans.plus(key, allocation.getAllocModifyIndex())
            : lastPlans;
    var byEvaluation = allocationsByEvaluation;
    if (before == null || !before.getEvalId().equals(allocation.getEvalId())) {
      byEvaluation =
          add(
              before == null ? byEvaluation : remove(byEvaluation, before.getEvalId(), id),
              allocation.getEvalId(),
              id);
    }
    var counted = before == null ? counts(key) : counts(key).minus(before);
    return withAllocations(
        allocations.plus(id, allocation),
        before == null ? add(allocationsByJob, key, id) : allocationsByJob,
        before == null ? add(allocationsByNode, allocation.getNodeId(), id) : allocationsByNode,
        byEvaluation,
        counts.plus(key, counted.plus(allocation)),
        plans,
        fleet.with(allocation));
  }

  private AllocView withoutAllocation(String id) {
    var known = allocations.get(id);
    if (known == null) {
      return this;
    }
    var key = JobKey.of(known);
    var byJob = remove(allocationsByJob, key, id);
    return withAllocations(
        allocations.minus(id),
        byJob,
        remove(allocationsByNode, known.getNodeId(), id),
        remove(allocationsByEvaluation, known.getEvalId(), id),
        byJob.containsKey(key) ? counts.plus(key, counts(key).minus(known)) : counts.minus(key),
        byJob.containsKey(key) ? lastPlans : lastPlans.minus(key),
        fleet.withoutAllocation(known.getNodeId(), id));
  }

  public AllocView with(Deployment deployment) {
    return withRest(
        deployments.plus(deployment.getId(), deployment), nodes, pools, positions, fleet);
  }

  private AllocView withoutDeployment(String id) {
    return withRest(deployments.minus(id), nodes, pools, positions, fleet);
  }

  public AllocView with(Node node) {
    return withRest(
        deployments, nodes.plus(node.getId(), node), pools, positions, fleet.with(node));
  }

  private AllocView withoutNode(String id) {
    return withRest(deployments, nodes.minus(id), pools, positions, fleet.withoutNode(id));
  }

  public AllocView with(NodePool pool) {
    return withPools(pools.plus(pool.getName(), pool));
  }

  private AllocView withPools(PMap<String, NodePool> changed) {
    return withRest(deployments, nodes, changed, positions, fleet);
  }

  public AllocView withPosition(String follower, long index) {
    return withRest(deployments, nodes, pools, positions.plus(follower, index), fleet);
  }

  private AllocView withoutPosition(String follower) {
    return withRest(deployments, nodes, pools, positions.minus(follower), fleet);
  }

  /** With other settings of the region. */
  public AllocView withSettings(Settings changed) {
    return new AllocView(
        jobs,
        versions,
        evaluations,
        evaluationsByJob,
        allocations,
        allocationsByJob,
        allocationsByNode,
        allocationsByEvaluation,
        counts,
        lastPlans,
        deployments,
        nodes,
        pools,
        positions,
        changed,
        fleet,
        rootKeys);
  }

  private AllocView withJobs(PMap<JobKey, Job> newJobs, PMap<JobKey, PMap<Long, Job>> newVersions) {
    return new AllocView(
        newJobs,
        newVersions,
        evaluations,
        evaluationsByJob,
        allocations,
        allocationsByJob,
        allocationsByNode,
        allocationsByEvaluation,
        counts,
        lastPlans,
        deployments,
        nodes,
        pools,
        positions,
        settings,
        fleet,
        rootKeys);
  }

  private AllocView withEvaluations(
      PMap<String, Evaluation> newEvaluations, PMap<JobKey, JobEvaluations> newByJob) {
    return new AllocView(
        jobs,
        versions,
        newEvaluations,
        newByJob,
        allocations,
        allocationsByJob,
        allocationsByNode,
        allocationsByEvaluation,
        counts,
        lastPlans,
        deployments,
        nodes,
        pools,
        positions,
        settings,
        fleet,
        rootKeys);
  }

  private AllocView withAllocations(
      PMap<String, Allocation> newAllocations,
      PMap<JobKey, PSet<String>> newByJob,
      PMap<String, PSet<String>> newByNode,
      PMap<String, PSet<String>> newByEvaluation,
      PMap<JobKey, JobCounts> newCounts,
      PMap<JobKey, Long> newLastPlans,
      Fleet newFleet) {
    return new AllocView(
        jobs,
        versions,
        evaluations,
        evaluationsByJob,
        newAllocations,
        newByJob,
        newByNode,
        newByEvaluation,
        newCounts,
        newLastPlans,
        deployments,
        nodes,
        pools,
        positions,
        settings,
        newFleet,
        rootKeys);
  }

  private AllocView withRest(
      PMap<String, Deployment> newDeployments,
      PMap<String, Node> newNodes,
      PMap<String, NodePool> newPools,
      PMap<String, Long> newPositions,
      Fleet newFleet) {
    return new AllocView(
        jobs,
        versions,
        evaluations,
        evaluationsByJob,
        allocations,
        allocationsByJob,
        allocationsByNode,
        allocationsByEvaluation,
        counts,
        lastPlans,
        newDeployments,
        newNodes,
        newPools,
        newPositions,
        settings,
        newFleet,
        rootKeys);
  }

  private AllocView withRootKeys(PMap<String, StoredKey> changed) {
    return new AllocView(
        jobs,
        versions,
        evaluations,
        evaluationsByJob,
        allocations,
        allocationsByJob,
        allocationsByNode,
        allocationsByEvaluation,
        counts,
        lastPlans,
        deployments,
        nodes,
        pools,
        positions,
        settings,
        fleet,
        changed);
  }

  private static <K> Set<String> ids(PMap<K, PSet<String>> index, K key) {
    return index.getOrDefault(key, HashTreePSet.empty());
  }

  private static <K> PMap<K, PSet<String>> add(PMap<K, PSet<String>> index, K key, String id) {
    return index.plus(key, index.getOrDefault(key, HashTreePSet.empty()).plus(id));
  }

  private static <K> PMap<K, PSet<String>> remove(PMap<K, PSet<String>> index, K key, String id) {
    var left = index.getOrDefault(key, HashTreePSet.empty()).minus(id);
    return left.isEmpty() ? index.minus(key) : index.plus(key, left);
  }
}
