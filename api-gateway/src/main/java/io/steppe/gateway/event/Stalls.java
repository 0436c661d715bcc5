package io.steppe.gateway.event;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.steppe.gateway.GatewaySettings;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Cuts clients of event streams that take nothing. */
@ApplicationScoped
class Stalls {
  private static final Logger LOG = Logger.getLogger(Stalls.class);
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final int LOOKS = 4;

  private final Set<Follower> followers = ConcurrentHashMap.newKeySet();
  private final Vertx vertx;
  private final Duration limit;
  private long timer;

  Stalls(Vertx vertx, GatewaySettings settings) {
    this.vertx = vertx;
    limit = settings.gateway().eventStall();
  }

  void start(@Observes StartupEvent event) {
    timer = vertx.setPeriodic(Math.max(1, limit.toMillis() / LOOKS), look -> cut());
  }

  void stop(@Observes ShutdownEvent event) {
    vertx.cancelTimer(timer);
  }

  void watch(Follower follower) {
    followers.add(follower);
  }

  void forget(Follower follower) {
    followers.remove(follower);
  }

  private void cut() {
    long now = System.nanoTime();
    for (Follower follower : followers) {
      if (follower.stalled(now, limit)) {
        followers.remove(follower);
        String reason = "the reader took nothing for " + limit.toSeconds() + " s; subscribe again";
        LOG.infof("An event stream was cut: %s", reason);
        follower.cut(reason, GRACE.compareTo(limit) < 0 ? GRACE : limit);
      }
    }
  }
}
