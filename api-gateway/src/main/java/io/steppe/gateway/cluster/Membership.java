package io.steppe.gateway.cluster;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.steppe.gateway.GatewaySettings;
import io.steppe.gateway.service.Calls;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.Caller;
import io.steppe.rpc.v1.ForgetMemberRequest;
import io.steppe.rpc.v1.Member;
import io.steppe.rpc.v1.MembersReply;
import io.steppe.rpc.v1.MembersRequest;
import io.steppe.rpc.v1.RenewRequest;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** This replica among the others of the region: its lease, and who else is alive. */
@ApplicationScoped
public class Membership {
  /** Service name of the gateway. */
  public static final String SERVICE = "api-gateway";

  private static final Logger LOG = Logger.getLogger(Membership.class);

  /** A lease outlives this many renewals. */
  private static final int RENEWALS_A_LEASE = 4;

  private final Calls calls;
  private final InstantSource clock;
  private final Duration renewal;
  private final Member self;
  private final Thread renewer = Thread.ofVirtual().name("membership").unstarted(this::renew);
  private volatile boolean stopped;

  Membership(
      Calls calls,
      InstantSource clock,
      GatewaySettings settings,
      @ConfigProperty(name = "quarkus.http.port") int httpPort,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    this.calls = calls;
    this.clock = clock;
    renewal = settings.gateway().renewal();
    self =
        Member.newBuilder()
            .setId(settings.replica().id().orElseGet(() -> SERVICE + "-" + UUID.randomUUID()))
            .setService(SERVICE)
            .setAddress(settings.replica().address().orElse("127.0.0.1:" + httpPort))
            .setVersion(version)
            .setAlive(true)
            .setStartedAt(nanos(clock.instant()))
            .build();
  }

  void start(@Observes StartupEvent event) {
    renewer.start();
  }

  void stop(@Observes ShutdownEvent event) {
    stopped = true;
    renewer.interrupt();
  }

  /** This replica. */
  public Member self() {
    return self;
  }

  /**
   * The replicas of the region.
   *
   * @throws Failure UNAVAILABLE when event-service does not answer
   */
  public MembersReply members() {
    MembersRequest request =
        MembersRequest.newBuilder().setCaller(Callers.service(SERVICE)).build();
    return calls.cluster(stub -> stub.members(request));
  }

  /**
   * Removes the record of a replica that is no more.
   *
   * @throws Failure NOT_FOUND; CONFLICT while it is alive
   */
  public void forget(Caller caller, String id) {
    ForgetMemberRequest request =
        ForgetMemberRequest.newBuilder().setCaller(caller).setId(id).build();
    calls.cluster(stub -> stub.forget(request));
  }

  /** Who speaks for the region: of those that keep the log, the first alive. */
  public static Optional<Member> leader(MembersReply members) {
    return members.getMembersList().stream()
        .filter(member -> member.getAlive() && member.getService().equals("event-service"))
        .min(Comparator.comparing(Member::getId));
  }

  private void renew() {
    boolean failing = false;
    while (!stopped) {
      try {
        long until = nanos(clock.instant().plus(renewal.multipliedBy(RENEWALS_A_LEASE)));
        RenewRequest request =
            RenewRequest.newBuilder()
                .setCaller(Callers.service(SERVICE))
                .setMember(self.toBuilder().setLeaseUntil(until))
                .build();
        calls.within(renewal).cluster(stub -> stub.renew(request));
        failing = false;
      } catch (Failure failure) {
        if (!failing && !stopped) {
          LOG.warnf("Membership can't be renewed: %s", failure.getMessage());
        }
        failing = true;
      }
      try {
        Thread.sleep(renewal);
      } catch (InterruptedException e) {
        LOG.debug("Membership ends");
      }
    }
  }

  private static long nanos(Instant instant) {
    return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
  }
}
