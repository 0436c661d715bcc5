package io.steppe.alloc.service;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.steppe.alloc.collection.Ages;
import io.steppe.alloc.collection.GarbageCollector;
import io.steppe.alloc.drain.Drainer;
import io.steppe.alloc.evaluation.EvaluationWorker;
import io.steppe.alloc.evaluation.Ownership;
import io.steppe.alloc.evaluation.WorkerSettings;
import io.steppe.alloc.identity.FirstKey;
import io.steppe.alloc.identity.KeyAges;
import io.steppe.alloc.identity.KeyRotation;
import io.steppe.alloc.identity.Keyring;
import io.steppe.alloc.nodewatch.NodeWatch;
import io.steppe.alloc.view.AllocView;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.Replicas;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;

/**
 * What runs in this process beside the endpoints: starts with it, stops with it, and shares the
 * jobs with other replicas.
 */
@ApplicationScoped
public class AllocService {
  private static final Logger LOG = Logger.getLogger(AllocService.class);
  private static final Duration STOP_WITHIN = Duration.ofSeconds(5);

  private final Replicas replicas;
  private final EvaluationWorker worker;
  private final NodeWatch nodeWatch;
  private final Drainer drainer;
  private final GarbageCollector collector;
  private final FirstKey firstKey;
  private final KeyRotation rotation;
  private AutoCloseable following = () -> {};

  public AllocService(
      Ledger<AllocView> ledger,
      Replicas replicas,
      Keyring keyring,
      AllocConfig config,
      InstantSource clock,
      Supplier<RandomGenerator> random) {
    this.replicas = replicas;
    this.firstKey = new FirstKey(ledger, keyring);
    var self = replicas.self().id();
    var alone = Ownership.alone(self);
    var alloc = config.alloc();
    this.worker =
        new EvaluationWorker(
            ledger,
            new WorkerSettings(
                alloc.workers(),
                alloc.serviceAttempts(),
                alloc.batchAttempts(),
                alloc.attemptsDelay(),
                alloc.errorDelay(),
                STOP_WITHIN),
            alone,
            clock,
            random);
    this.nodeWatch = new NodeWatch(ledger, alone, random);
    this.drainer = new Drainer(ledger, alone, clock, random);
    var gc = alloc.gc();
    this.collector =
        new GarbageCollector(
            ledger,
            new Ages(gc.evaluationAge(), gc.batchEvaluationAge(), gc.jobAge()),
            gc.interval(),
            alone,
            clock);
    var identity = config.identity();
    this.rotation =
        new KeyRotation(
            ledger,
            keyring,
            new KeyAges(identity.keyRotation(), identity.keyKept()),
            gc.interval(),
            alone,
            clock);
  }

  @Produces
  @Singleton
  EvaluationWorker worker() {
    return worker;
  }

  @Produces
  @Singleton
  GarbageCollector collector() {
    return collector;
  }

  void start(@Observes StartupEvent event) {
    following = replicas.follow(this::share);
    worker.start();
    nodeWatch.start();
    drainer.start();
    collector.start();
    firstKey.start();
    rotation.start();
  }

  /**
   * Once this replica is seen alive, jobs are shared; before, it works on all rather than on none.
   */
  private void share(List<Replicas.Member> members) {
    var self = replicas.self().id();
    var ownership = Ownership.of(self, members);
    if (ownership.members().contains(self)) {
      worker.share(ownership);
      nodeWatch.share(ownership);
      drainer.share(ownership);
      collector.share(ownership);
      rotation.share(ownership);
    }
  }

  void stop(@Observes ShutdownEvent event) {
    for (var part :
        List.<AutoCloseable>of(
            following, firstKey, rotation, nodeWatch, drainer, worker, collector)) {
      try {
        part.close();
      } catch (Exception e) {
        LOG.warnf("%s did not stop well: %s", part.getClass().getSimpleName(), e.getMessage());
      }
    }
  }
}
