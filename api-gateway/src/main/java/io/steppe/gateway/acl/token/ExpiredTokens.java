package io.steppe.gateway.acl.token;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.steppe.gateway.acl.AclSettings;
import io.steppe.gateway.acl.AclState;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.AclChanged;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.InstantSource;
import org.jboss.logging.Logger;

/**
 * Looks now and then for tokens that have expired. Every replica does; what one has forgotten the
 * others don't find.
 */
@ApplicationScoped
public class ExpiredTokens {
  private static final Logger LOG = Logger.getLogger(ExpiredTokens.class);

  private final AclState state;
  private final Duration interval;
  private final ForgetExpired forget;
  private final InstantSource clock;
  private final Thread looker = Thread.ofVirtual().name("expired-tokens").unstarted(this::run);
  private volatile boolean stopped;

  ExpiredTokens(AclState state, AclSettings settings, InstantSource clock) {
    this.state = state;
    this.clock = clock;
    interval = settings.collectionInterval();
    forget = new ForgetExpired(settings.expiredTokensKept());
  }

  void start(@Observes StartupEvent event) {
    if (state.isEnforced()) {
      looker.start();
    }
  }

  void stop(@Observes ShutdownEvent event) {
    stopped = true;
    looker.interrupt();
  }

  private void run() {
    while (!stopped) {
      try {
        Thread.sleep(interval);
        if (state.isReady() && forget.isNeeded(state.stale().view(), clock.instant())) {
          state.commit("", AclChanged.parser(), forget);
        }
      } catch (Failure failure) {
        LOG.warnf("Expired tokens can't be forgotten: %s", failure.getMessage());
      } catch (InterruptedException e) {
        LOG.debug("Expired tokens are no longer looked for");
      }
    }
  }
}
