package io.steppe.alloc.evaluation;

import io.smallrye.mutiny.Uni;
import io.steppe.alloc.plan.ApplyPlan;
import io.steppe.alloc.scheduler.Plan;
import io.steppe.alloc.scheduler.Scheduler;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Ids;
import io.steppe.alloc.view.JobKey;
import io.steppe.alloc.view.ViewSnapshot;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.Snapshot;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.PlanReply;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;

/**
 * Decides the evaluations of this replica's jobs: some at a time, each on a thread of its own, one
 * of a job at a time. A plan that does not fit any more is made anew on a newer view; after too
 * many tries the evaluation is given up and another one follows later.
 */
public final class EvaluationWorker implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(EvaluationWorker.class);

  /** Above any deadline of the ledger's own, so that its answer is what ends the wait. */
  private static final Duration ANSWER = Duration.ofSeconds(60);

  private static final Duration UNAVAILABLE_PAUSE = Duration.ofSeconds(1);
  private static final int MAX_ERRORS = 3;

  private final Ledger<AllocView> ledger;
  private final WorkerSettings settings;
  private final InstantSource clock;
  private final Supplier<RandomGenerator> random;
  private final EvaluationQueue queue = new EvaluationQueue();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("evaluation-timer").factory());
  private final Agenda agenda;
  private final List<Hand> hands = new ArrayList<>();
  private AutoCloseable following = () -> {};

  /**
   * @param random a source for each evaluation: ids, ports and the order of nodes come from it
   */
  public EvaluationWorker(
      Ledger<AllocView> ledger,
      WorkerSettings settings,
      Ownership ownership,
      InstantSource clock,
      Supplier<RandomGenerator> random) {
    this.ledger = ledger;
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    this.agenda = new Agenda(queue, ownership, timer, clock);
  }

  /** Begins to work; the view need not be loaded yet. */
  public void start() {
    resize(settings.threads());
    following = ledger.follow(agenda::follow);
  }

  /** The replicas changed: jobs are shared out anew. */
  public void share(Ownership ownership) {
    agenda.share(ownership);
  }

  /**
   * Has so many evaluations decided at a time from now on; those under way are decided to their
   * end.
   */
  public void resize(int number) {
    synchronized (hands) {
      while (hands.size() > number) {
        hands.removeLast().wanted = false;
      }
      while (hands.size() < number) {
        hands.add(new Hand());
      }
    }
    queue.wake();
  }

  /** Who decides here. */
  public List<Worker> workers() {
    boolean paused = queue.isPaused();
    synchronized (hands) {
      return hands.stream()
          .map(hand -> new Worker(hand.id, hand.startedAt, paused, hand.busy))
          .toList();
    }
  }

  /** A thread that decides. */
  private final class Hand {
    private final String id = UUID.randomUUID().toString();
    private final Instant startedAt = clock.instant();
    private volatile boolean wanted = true;
    private volatile boolean busy;
    private final Thread thread =
        Thread.ofVirtual().name("evaluation-worker-" + id).start(this::work);

    private void work() {
      try {
        for (var next = take(); next.isPresent(); next = take()) {
          var evaluation = next.get();
          busy = true;
          try {
            decide(evaluation);
          } finally {
            busy = false;
            queue.done(JobKey.of(evaluation));
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private Optional<Evaluation> take() throws InterruptedException {
      return queue.take(() -> wanted);
    }
  }

  private void decide(Evaluation evaluation) {
    try {
      attempts(evaluation);
    } catch (RuntimeException e) {
      if (Thread.currentThread().isInterrupted() || timer.isShutdown()) {
        return;
      }
      // The evaluation stays open in the log, so nothing is lost: it is tried again.
      LOG.warnf(
          "Evaluation %s of job %s waits: %s",
          evaluation.getId(), evaluation.getJobId(), e.getMessage());
      agenda.retry(evaluation.getId(), UNAVAILABLE_PAUSE);
    }
  }

  private void attempts(Evaluation evaluation) {
    int errors = 0;
    int attempts = 0;
    var snapshot = await(ledger.at(evaluation.getModifyIndex()));
    while (attempts < settings.maxAttempts(evaluation.getType())) {
      var current = snapshot.view().evaluation(evaluation.getId()).filter(EvaluationState::isOpen);
      if (current.isEmpty()) {
        return;
      }
      attempts++;
      try {
        switch (attempt(snapshot, current.get())) {
          case DONE -> {
            return;
          }
          case SOME -> attempts = 0;
          case NONE -> {
            // Counts as an attempt.
          }
        }
      } catch (Failure failure) {
        if (failure.kind() != Kind.CONFLICT) {
          throw failure;
        }
        LOG.debugf("Plan of evaluation %s refused: %s", evaluation.getId(), failure.getMessage());
      } catch (RuntimeException e) {
        LOG.errorf(
            e,
            "Evaluation %s of job %s can't be decided",
            evaluation.getId(),
            evaluation.getJobId());
        if (++errors >= MAX_ERRORS) {
          giveUp(
              evaluation,
              "the scheduler failed: " + e,
              Evaluations.FAILED_FOLLOW_UP,
              settings.errorDelay());
          return;
        }
      }
      snapshot = await(ledger.latest());
    }
    giveUp(
        evaluation,
        "maximum attempts reached (" + attempts + ")",
        Evaluations.MAX_PLAN_ATTEMPTS,
        settings.attemptsDelay());
  }

  /** How far a plan brought its evaluation. */
  private enum Progress {
    DONE,
    SOME,
    NONE
  }

  private Progress attempt(Snapshot<AllocView> snapshot, Evaluation evaluation) {
    var job = snapshot.view().job(JobKey.of(evaluation));
    var source = random.get();
    Plan plan =
        Scheduler.schedule(
            new ViewSnapshot(snapshot.index(), snapshot.view()), job, evaluation, clock, source);
    var request = new ApplyPlan(plan, job.map(Job::getJobModifyIndex).orElse(0L), Ids.from(source));
    var reply = await(ledger.commit("", PlanReply.parser(), request));
    if (reply.getRefusedNodesCount() > 0) {
      LOG.debugf(
          "Plan of evaluation %s lost %d nodes", evaluation.getId(), reply.getRefusedNodesCount());
      return reply.getIndex() > 0 ? Progress.SOME : Progress.NONE;
    }
    if (reply.getIndex() > 0) {
      await(ledger.at(reply.getIndex()));
    }
    agenda.tried(evaluation, plan.snapshotIndex());
    return Progress.DONE;
  }

  private void giveUp(Evaluation evaluation, String why, String trigger, Duration delay) {
    LOG.warnf(
        "Evaluation %s of job %s is given up: %s", evaluation.getId(), evaluation.getJobId(), why);
    await(
        ledger.commit(
            "",
            PlanReply.parser(),
            new GiveUp(evaluation.getId(), why, Ids.from(random.get()), trigger, delay)));
  }

  private static <T> T await(Uni<T> answer) {
    return answer.await().atMost(ANSWER);
  }

  /** Stops taking evaluations and waits for those under way. */
  @Override
  public void close() throws Exception {
    following.close();
    queue.close();
    List<Hand> all;
    synchronized (hands) {
      all = List.copyOf(hands);
    }
    for (var hand : all) {
      if (!hand.thread.join(settings.stopWithin())) {
        hand.thread.interrupt();
      }
    }
    timer.shutdownNow();
  }
}
