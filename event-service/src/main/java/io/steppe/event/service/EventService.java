package io.steppe.event.service;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.MemorySize;
import io.steppe.event.change.ChangeHub;
import io.steppe.event.log.LogView;
import io.steppe.event.log.Migrations;
import io.steppe.event.log.Partitions;
import io.steppe.event.log.Upkeep;
import io.steppe.event.sink.SinkBook;
import io.steppe.event.sink.SinkStore;
import io.steppe.event.sink.Sinks;
import io.steppe.event.stream.EventHub;
import io.steppe.ledger.DatabaseAddress;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.LedgerSettings;
import io.steppe.ledger.LogReader;
import io.steppe.ledger.PostgresLedger;
import io.steppe.ledger.PostgresReplicas;
import io.steppe.ledger.Replicas;
import io.steppe.ledger.Tables;
import io.steppe.ledger.seal.SealKeys;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.flywaydb.core.Flyway;

/** Puts the service together, starts what runs by itself, and stops it in order. */
@ApplicationScoped
class EventService {
  /** Tables whose changes may show as events. */
  private static final Set<String> EVENT_TABLES =
      Set.of(
          Tables.NODES,
          Tables.NODE_POOLS,
          Tables.JOBS,
          Tables.EVALS,
          Tables.ALLOCS,
          Tables.DEPLOYMENTS,
          Tables.ACL_TOKENS,
          Tables.ACL_POLICIES,
          Tables.ACL_ROLES,
          Tables.ACL_AUTH_METHODS,
          Tables.ACL_BINDING_RULES);

  private final Migrations migrations;
  private final Upkeep upkeep;
  private final Ledger<LogView> ledger;
  private final PostgresReplicas replicas;
  private final EventHub events;
  private final ChangeHub changes;
  private final Sinks sinks;
  private final Duration sinkInterval;

  EventService(
      EventSettings settings,
      Vertx vertx,
      Flyway flyway,
      DataSource database,
      SinkStore sinkStore,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    LedgerSettings ledgerSettings = ledgerSettings(settings);
    EventSettings.Retention keep = settings.events().retention();
    this.migrations = new Migrations(flyway);
    this.upkeep =
        new Upkeep(
            migrations,
            new Partitions(database),
            new Partitions.Retention(
                keep.events(),
                keep.age(),
                keep.size().map(MemorySize::asLongValue).orElse(Long.MAX_VALUE),
                keep.requests()),
            keep.interval());
    this.ledger = PostgresLedger.open(vertx, ledgerSettings, new LogView());
    this.replicas =
        PostgresReplicas.open(
            vertx,
            ledgerSettings,
            new Replicas.Self(
                ledgerSettings.name(),
                "event-service",
                settings.replica().address(),
                version,
                Instant.now()));
    EventSettings.Stream stream = settings.events().stream();
    this.events =
        new EventHub(
            settings.region(),
            ledger,
            thread -> LogReader.open(vertx, ledgerSettings, EVENT_TABLES, thread),
            stream.buffer().asLongValue(),
            stream.stall(),
            stream.subscribers());
    this.changes = new ChangeHub(ledger, stream.changes(), stream.subscribers());
    this.sinkInterval = settings.events().sinks().interval();
    this.sinks =
        Sinks.of(
            sinkStore,
            ledger,
            replicas,
            events,
            SealKeys.of(settings.seal().keys().orElse(List.of())),
            limits(settings.events().sinks()),
            ledgerSettings.name(),
            version);
  }

  private static Sinks.Limits limits(EventSettings.Sinks settings) {
    return new Sinks.Limits(
        settings.most(),
        settings.hosts().orElse(List.of()),
        settings.deadline(),
        settings.firstPause(),
        settings.longestPause(),
        settings.batchLines(),
        (int) settings.batchBytes().asLongValue());
  }

  private static LedgerSettings ledgerSettings(EventSettings settings) {
    DatabaseAddress database =
        DatabaseAddress.of(
            settings.database().url(),
            settings.database().user(),
            settings.database().password(),
            DatabaseConfig.ROLE);
    String id = settings.replica().id().orElseGet(() -> "event-service-" + UUID.randomUUID());
    return LedgerSettings.of(
            database.url(), database.user(), database.password(), "", Tables.ALL, id)
        .withDurabilityChecked(settings.database().durabilityChecked())
        .withoutObjects();
  }

  void start(@Observes StartupEvent event) {
    upkeep.start();
    ledger.ready().subscribe().with(loaded -> sinks.deliveries().start(sinkInterval));
  }

  void stop(@Observes ShutdownEvent event) throws Exception {
    upkeep.close();
    sinks.deliveries().close();
    events.close();
    changes.close();
    replicas.close();
    ledger.close();
  }

  @Produces
  @Singleton
  Migrations migrations() {
    return migrations;
  }

  @Produces
  @Singleton
  Ledger<LogView> ledger() {
    return ledger;
  }

  @Produces
  @Singleton
  PostgresReplicas replicas() {
    return replicas;
  }

  @Produces
  @Singleton
  EventHub events() {
    return events;
  }

  @Produces
  @Singleton
  ChangeHub changes() {
    return changes;
  }

  @Produces
  @Singleton
  SinkBook sinks() {
    return sinks.book();
  }
}
