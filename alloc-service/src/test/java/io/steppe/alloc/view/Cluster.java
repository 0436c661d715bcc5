package io.steppe.alloc.view;

import io.steppe.alloc.canonical.Canonicaliser;
import io.steppe.alloc.evaluation.EvaluationState;
import io.steppe.alloc.evaluation.Evaluations;
import io.steppe.alloc.plan.ApplyPlan;
import io.steppe.alloc.scheduler.Scheduler;
import io.steppe.alloc.scheduler.Statuses;
import io.steppe.ledger.Change;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.AllocDeploymentStatus;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.DrainStrategy;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.MigrateStrategy;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A region whose time, agents and scheduler move only when a test says so. */
public final class Cluster {
  private final SplittableRandom random;
  private AllocView view = AllocView.empty();
  private long index;
  private Instant now = Region.NOW;

  public Cluster(long seed) {
    random = new SplittableRandom(seed);
  }

  public AllocView view() {
    return view;
  }

  public long now() {
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }

  public String newId() {
    return Ids.from(random);
  }

  public void pass(Duration time) {
    now = now.plus(time);
  }

  public <R extends com.google.protobuf.MessageLite> void commit(Decision<AllocView, R> decision) {
    if (decision.decide(view, index + 1, now) instanceof Outcome.Commit<R> commit) {
      index++;
      view = Region.applied(view, index, commit.changes());
    }
  }

  public void edit(Consumer<Edit> what) {
    index++;
    var edit = new Edit(view, index, now);
    what.accept(edit);
    view = edit.view();
  }

  public void put(Node node) {
    index++;
    view = view.with(node.toBuilder().setModifyIndex(index).build());
  }

  public void purge(String node) {
    index++;
    view = Region.applied(view, index, List.of(Change.delete(Tables.NODES, node)));
  }

  public void nodes(int count) {
    for (int i = 0; i < count; i++) {
      put(Region.node("n" + i, 4_000, 8_000));
    }
  }

  public void change(String node, UnaryOperator<Node.Builder> how) {
    put(how.apply(view.node(node).orElseThrow().toBuilder()).build());
  }

  /** Begins a drain; a deadline of zero is none, a negative one forces. */
  public void drain(String node, Duration deadline, boolean ignoreSystemJobs) {
    var strategy =
        DrainStrategy.newBuilder()
            .setStartedAt(now())
            .setDeadline(deadline.toNanos())
            .setIgnoreSystemJobs(ignoreSystemJobs);
    if (deadline.isPositive()) {
      strategy.setForceDeadline(now() + deadline.toNanos());
    }
    change(
        node,
        changed ->
            changed
                .setDrain(true)
                .setSchedulingEligibility("ineligible")
                .setDrainStrategy(strategy));
  }

  public static Job service(String id, int count, int maxParallel) {
    var job = Region.job(id, "service", count).toBuilder();
    job.getTaskGroupsBuilder(0)
        .setMigrate(
            MigrateStrategy.newBuilder()
                .setMaxParallel(maxParallel)
                .setHealthCheck("task_states")
                .setMinHealthyTime(Duration.ofSeconds(10).toNanos())
                .setHealthyDeadline(Duration.ofMinutes(5).toNanos()));
    return job.build();
  }

  /** Registers a job, places it and has it run until it is healthy. */
  public void start(Job job) {
    register(job);
    schedule();
    settle();
  }

  public void register(Job given) {
    var job = Canonicaliser.canonicalise(given);
    edit(
        edit -> {
          var known = edit.view().job(JobKey.of(job));
          var next = job.toBuilder().setVersion(known.map(Job::getVersion).orElse(-1L) + 1).build();
          edit.putVersion(next, "JobRegistered");
          edit.put(
              Evaluations.of(Ids.from(random), next, Evaluations.JOB_REGISTER), "JobRegistered");
        });
  }

  public void evaluate(JobKey key) {
    edit(
        edit ->
            edit.put(
                Evaluations.of(
                    Ids.from(random), key, edit.view().job(key), Evaluations.NODE_UPDATE),
                Evaluations.UPDATED));
  }

  /** Decides every evaluation that is due; blocked ones once. */
  public void schedule() {
    List<String> blocked =
        open(EvaluationState.Blocked.class).stream().map(Evaluation::getId).toList();
    blocked.forEach(id -> view.evaluation(id).ifPresent(this::decide));
    for (var next = pending(); next.isPresent(); next = pending()) {
      decide(next.get());
    }
  }

  private Optional<Evaluation> pending() {
    return open(EvaluationState.Pending.class).stream()
        .filter(each -> each.getWaitUntil() <= now())
        .findFirst();
  }

  private List<Evaluation> open(Class<? extends EvaluationState> state) {
    return view.evaluations().values().stream()
        .filter(each -> state.isInstance(EvaluationState.of(each)))
        .sorted(Comparator.comparing(Evaluation::getId))
        .toList();
  }

  private void decide(Evaluation evaluation) {
    if (!EvaluationState.isOpen(evaluation)) {
      return;
    }
    var job = view.job(JobKey.of(evaluation));
    var plan =
        Scheduler.schedule(new ViewSnapshot(index, view), job, evaluation, () -> now, random);
    commit(new ApplyPlan(plan, job.map(Job::getJobModifyIndex).orElse(0L), Ids.from(random)));
  }

  public Collection<Allocation> live() {
    return view.allocations().values().stream()
        .filter(each -> !Statuses.terminal(each))
        .sorted(Comparator.comparing(Allocation::getId))
        .toList();
  }

  public List<Allocation> liveOn(String node) {
    return live().stream().filter(each -> each.getNodeId().equals(node)).toList();
  }

  public List<Allocation> asked() {
    return live().stream().filter(each -> each.getDesiredTransition().getMigrate()).toList();
  }

  /** Runs, and its agent says that it is healthy or would if it said anything. */
  public boolean healthy(Allocation allocation) {
    boolean longEnough =
        allocation.getTaskStatesMap().values().stream()
            .anyMatch(task -> task.getStartedAt() <= now() - Duration.ofSeconds(10).toNanos());
    return allocation.getClientStatus().equals("running")
        && (allocation.getDeploymentStatus().hasHealthy()
            ? allocation.getDeploymentStatus().getHealthy()
            : longEnough);
  }

  public void report(Allocation changed) {
    edit(edit -> edit.putReported(changed, "AllocationUpdated"));
  }

  /** What is pending starts, what was told to end has. */
  public void run() {
    for (var allocation : List.copyOf(view.allocations().values())) {
      if (Statuses.clientTerminal(allocation)) {
        continue;
      }
      if (Statuses.serverTerminal(allocation)) {
        report(allocation.toBuilder().setClientStatus("complete").build());
      } else if (allocation.getClientStatus().equals("pending")) {
        report(
            allocation.toBuilder()
                .setClientStatus("running")
                .putTaskStates(
                    "task", TaskState.newBuilder().setState("running").setStartedAt(now()).build())
                .build());
      }
    }
  }

  /** Agents look: what has run for long enough is healthy. */
  public void judge() {
    long before = now() - Duration.ofSeconds(10).toNanos();
    for (var allocation : live()) {
      if (allocation.getClientStatus().equals("running")
          && !allocation.getDeploymentStatus().hasHealthy()
          && allocation.getTaskStatesOrThrow("task").getStartedAt() <= before) {
        health(allocation, true);
      }
    }
  }

  public void health(Allocation allocation, boolean healthy) {
    report(
        allocation.toBuilder()
            .setDeploymentStatus(
                AllocDeploymentStatus.newBuilder().setHealthy(healthy).setTimestamp(now()))
            .build());
  }

  /** Everything starts and becomes healthy. */
  public void settle() {
    run();
    pass(Duration.ofSeconds(10));
    judge();
  }
}
