package io.steppe.gateway.acl;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.TimeoutException;
import io.smallrye.mutiny.Uni;
import io.steppe.acl.state.AclView;
import io.steppe.gateway.cluster.Membership;
import io.steppe.ledger.DatabaseAddress;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.LedgerSettings;
import io.steppe.ledger.PostgresLedger;
import io.steppe.ledger.Snapshot;
import io.steppe.ledger.Tables;
import io.steppe.rpc.Failure;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.InstantSource;

/**
 * Who may do what, as this replica knows it, and the door to change it. There is none of it where
 * rights are not asked for: no connection, no view. Its calls wait: they are for virtual threads.
 */
@ApplicationScoped
public class AclState {
  private static final String SCHEMA = "acl";

  /** Longer than the ledger itself waits. */
  private static final Duration LIMIT = Duration.ofSeconds(15);

  private final Vertx vertx;
  private final AclSettings settings;
  private final DatabaseSettings database;
  private final Membership membership;
  private final InstantSource clock;
  private volatile Ledger<AclView> ledger;
  private volatile Migrations migrations;

  AclState(
      Vertx vertx,
      AclSettings settings,
      DatabaseSettings database,
      Membership membership,
      InstantSource clock) {
    this.vertx = vertx;
    this.settings = settings;
    this.database = database;
    this.membership = membership;
    this.clock = clock;
  }

  void start(@Observes StartupEvent event) {
    if (!settings.enabled()) {
      return;
    }
    DatabaseAddress address =
        DatabaseAddress.of(database.url(), database.user(), database.password(), "steppe_acl");
    migrations = new Migrations(address);
    migrations.start();
    ledger =
        PostgresLedger.open(
            vertx,
            LedgerSettings.of(
                    address.url(),
                    address.user(),
                    address.password(),
                    SCHEMA,
                    Tables.ACL,
                    membership.self().getId())
                .withDurabilityChecked(database.durabilityChecked())
                .withClock(clock),
            AclView.empty());
  }

  void stop(@Observes ShutdownEvent event) {
    if (ledger != null) {
      migrations.stop();
      ledger.close();
    }
  }

  /** Whether rights are asked for at all. */
  public boolean isEnforced() {
    return settings.enabled();
  }

  /** Whether it can be looked at and changed: the schema is there, the view is loaded. */
  public boolean isReady() {
    return !isEnforced() || ledger != null && migrations.done() && ledger.snapshot().epoch() > 0;
  }

  /** The state as this replica knows it; the newest where it knows none, or has not for long. */
  public Snapshot<AclView> known() {
    Snapshot<AclView> snapshot = ledger().snapshot();
    boolean fresh =
        snapshot.epoch() > 0
            && snapshot.newestAt().plus(settings.tokenTtl()).isAfter(clock.instant());
    return fresh ? snapshot : latest();
  }

  /**
   * The state with everything that was committed before this call.
   *
   * @throws Failure UNAVAILABLE when the database does not answer in time
   */
  public Snapshot<AclView> latest() {
    return await(ledger().latest());
  }

  /** The state as this replica knows it, however old. */
  public Snapshot<AclView> stale() {
    return ledger().snapshot();
  }

  /**
   * Decides and commits.
   *
   * @param requestId a retried one gets its first answer
   * @param parser of the answer, which is stored: it must not hold a secret
   * @throws Failure what was decided against it; UNAVAILABLE when the database does not answer in
   *     time
   */
  public <R extends MessageLite> R commit(
      String requestId, Parser<R> parser, Decision<AclView, R> decision) {
    return await(ledger().commit(requestId, parser, decision));
  }

  private Ledger<AclView> ledger() {
    Ledger<AclView> opened = ledger;
    if (opened == null) {
      throw Failure.unavailable("the gateway is starting");
    }
    return opened;
  }

  private static <T> T await(Uni<T> answer) {
    try {
      return answer.await().atMost(LIMIT);
    } catch (TimeoutException e) {
      throw Failure.unavailable("the database did not answer in time");
    }
  }
}
