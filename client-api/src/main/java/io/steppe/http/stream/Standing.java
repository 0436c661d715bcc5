package io.steppe.http.stream;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.steppe.http.failure.Refusal;
import io.steppe.http.route.Admission;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Whether those who read what goes on still may: a token that expires, is deleted, or loses the
 * right, loses what it has open within seconds.
 */
@ApplicationScoped
public class Standing {
  private static final Logger LOG = Logger.getLogger(Standing.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

  private final Set<Open> open = ConcurrentHashMap.newKeySet();
  private final Thread looker = Thread.ofVirtual().name("standing").unstarted(this::look);
  private volatile boolean stopped;
  private boolean failing;

  void start(@Observes StartupEvent event) {
    looker.start();
  }

  void stop(@Observes ShutdownEvent event) {
    stopped = true;
    looker.interrupt();
  }

  /** Something that is read, until it is closed. */
  public interface Watched extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Watches over something that is read.
   *
   * @param lost called once, when its reader may read it no more
   */
  public Watched watch(Admission admission, Runnable lost) {
    Open one = new Open(admission, lost);
    open.add(one);
    return () -> open.remove(one);
  }

  private void look() {
    while (!stopped) {
      try {
        Thread.sleep(BETWEEN_LOOKS);
        open.forEach(this::look);
      } catch (InterruptedException e) {
        LOG.debug("Nobody is watched any more");
      }
    }
  }

  private void look(Open one) {
    try {
      if (!holds(one.admission)) {
        open.remove(one);
        one.lost.run();
      }
      failing = false;
    } catch (RuntimeException e) {
      if (!failing) {
        LOG.warnf("It can't be told whether readers may go on; they do: %s", e.getMessage());
      }
      failing = true;
    }
  }

  private static boolean holds(Admission admission) {
    try {
      return admission.stillHolds();
    } catch (Refusal refused) {
      if (refused.status() < 500) {
        return false;
      }
      throw refused;
    }
  }

  /** Each is one of its own, however alike. */
  private static final class Open {
    private final Admission admission;
    private final Runnable lost;

    Open(Admission admission, Runnable lost) {
      this.admission = admission;
      this.lost = lost;
    }
  }
}
