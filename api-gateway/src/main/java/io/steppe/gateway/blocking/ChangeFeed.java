package io.steppe.gateway.blocking;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.steppe.gateway.service.Services;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ChangeBatch;
import io.steppe.rpc.v1.ChangesGrpc;
import io.steppe.rpc.v1.WatchUp;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jboss.logging.Logger;

/**
 * Follows what changes in the region, for those who wait. There is one subscription a gateway; when
 * it breaks it goes on after the last change it saw.
 */
@ApplicationScoped
public class ChangeFeed {
  private static final Logger LOG = Logger.getLogger(ChangeFeed.class);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final int CREDIT = 64;

  private final Services services;
  private final Waiters waiters;
  private final Thread follower = Thread.ofVirtual().name("change-feed").unstarted(this::follow);
  private volatile boolean stopped;
  private volatile long index;
  private volatile long epoch;
  private volatile boolean broken;

  ChangeFeed(Services services, Waiters waiters) {
    this.services = services;
    this.waiters = waiters;
  }

  void start(@Observes StartupEvent event) {
    follower.start();
  }

  void stop(@Observes ShutdownEvent event) {
    stopped = true;
    follower.interrupt();
  }

  private void follow() {
    while (!stopped) {
      Subscription subscription = new Subscription();
      try {
        ChangesGrpc.newStub(services.events()).watch(subscription);
        subscription.ended.await();
        Thread.sleep(PAUSE);
      } catch (InterruptedException e) {
        subscription.cancel();
      }
    }
  }

  private void seen(ChangeBatch batch, boolean first) {
    boolean gap =
        batch.getEpoch() != epoch
            || first && batch.getTablesCount() == 0 && batch.getIndex() != index;
    index = batch.getIndex();
    epoch = batch.getEpoch();
    if (gap) {
      waiters.all();
    } else {
      waiters.changed(batch);
    }
    if (broken) {
      broken = false;
      LOG.infof("Following changes again, from index %d", index);
    }
  }

  private void broke(String why) {
    if (!broken && !stopped) {
      broken = true;
      LOG.warnf("Changes can't be followed: %s", why);
    }
  }

  private final class Subscription implements ClientResponseObserver<WatchUp, ChangeBatch> {
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile ClientCallStreamObserver<WatchUp> up;
    private boolean first = true;
    private int used;

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchUp> up) {
      this.up = up;
      boolean[] asked = {false};
      up.setOnReadyHandler(
          () -> {
            if (!asked[0]) {
              asked[0] = true;
              up.onNext(WatchUp.newBuilder().setAfterIndex(index).setCredit(CREDIT).build());
            }
          });
    }

    @Override
    public void onNext(ChangeBatch batch) {
      seen(batch, first);
      first = false;
      used++;
      if (used >= CREDIT / 2) {
        up.onNext(WatchUp.newBuilder().setCredit(used).build());
        used = 0;
      }
    }

    @Override
    public void onError(Throwable error) {
      broke(Failure.of(error).getMessage());
      ended.countDown();
    }

    @Override
    public void onCompleted() {
      broke("event-service ended the feed");
      ended.countDown();
    }

    private void cancel() {
      if (up != null) {
        up.cancel("The gateway is stopping", null);
      }
    }
  }
}
