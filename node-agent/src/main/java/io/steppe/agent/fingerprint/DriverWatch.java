package io.steppe.agent.fingerprint;

import io.steppe.agent.driver.Driver;
import io.steppe.agent.driver.DriverFingerprint;
import io.steppe.agent.watch.Coalesced;
import io.steppe.proto.v1.DriverInfo;
import io.steppe.proto.v1.Node;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Looks at all drivers again and again and keeps the node's word on them true: whether each is
 * there, whether it is healthy, and its attributes.
 */
public final class DriverWatch implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(DriverWatch.class);
  private static final Duration PERIOD = Duration.ofSeconds(30);
  private static final String PREFIX = "driver.";

  private final List<Driver> drivers;
  private final LiveNode node;
  private final Executor executor;
  private final ScheduledExecutorService timer;
  private final InstantSource clock;
  private final Coalesced looks;
  private Future<?> rounds = CompletableFuture.completedFuture(null);

  public DriverWatch(
      List<Driver> drivers,
      LiveNode node,
      Executor executor,
      ScheduledExecutorService timer,
      InstantSource clock) {
    this.drivers = drivers;
    this.node = node;
    this.executor = executor;
    this.timer = timer;
    this.clock = clock;
    this.looks = new Coalesced(executor, this::look);
  }

  /** Begins to look every 30 s. */
  public void start() {
    rounds =
        timer.scheduleWithFixedDelay(
            looks::ask, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Looks at all drivers once, side by side. */
  public void look() {
    Map<String, CompletableFuture<DriverFingerprint>> looking = new HashMap<>();
    for (Driver driver : drivers) {
      looking.put(
          driver.name(), CompletableFuture.supplyAsync(() -> fingerprint(driver), executor));
    }
    Map<String, DriverFingerprint> found = new HashMap<>();
    looking.forEach((name, fingerprint) -> found.put(name, fingerprint.join()));
    Instant now = clock.instant();
    node.change(before -> with(before, found, now));
  }

  private static DriverFingerprint fingerprint(Driver driver) {
    try {
      return driver.fingerprint();
    } catch (RuntimeException e) {
      LOG.errorf(e, "driver %s can't be looked at", driver.name());
      return DriverFingerprint.undetected("failed to fingerprint: " + e.getMessage());
    }
  }

  /** The node with what was found of its drivers; what is as it was keeps its time. */
  static Node with(Node before, Map<String, DriverFingerprint> found, Instant now) {
    Node.Builder node = before.toBuilder();
    before.getAttributesMap().keySet().stream()
        .filter(name -> name.startsWith(PREFIX))
        .forEach(node::removeAttributes);
    found.forEach(
        (name, fingerprint) -> {
          fingerprint.attributes().forEach((key, value) -> node.putAttributes(key, shown(value)));
          node.putDrivers(name, info(before.getDriversMap().get(name), fingerprint, now));
        });
    return node.build();
  }

  /** Constraints of jobs know what is true as 1. */
  private static String shown(String value) {
    return value.equals("true") ? "1" : value;
  }

  private static DriverInfo info(DriverInfo before, DriverFingerprint found, Instant now) {
    DriverInfo info =
        DriverInfo.newBuilder()
            .putAllAttributes(found.attributes())
            .setDetected(found.detected())
            .setHealthy(found.healthy())
            .setHealthDescription(found.description())
            .build();
    boolean same = before != null && info.equals(before.toBuilder().clearUpdateTime().build());
    return same
        ? before
        : info.toBuilder()
            .setUpdateTime(now.getEpochSecond() * 1_000_000_000L + now.getNano())
            .build();
  }

  @Override
  public void close() {
    rounds.cancel(false);
  }
}
