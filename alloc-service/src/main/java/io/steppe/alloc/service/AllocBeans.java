package io.steppe.alloc.service;

import io.steppe.alloc.evaluation.Ownership;
import io.steppe.alloc.identity.Introductions;
import io.steppe.alloc.identity.Keyring;
import io.steppe.alloc.identity.WorkloadIdentities;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Reads;
import io.steppe.ledger.DatabaseAddress;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.LedgerSettings;
import io.steppe.ledger.PostgresLedger;
import io.steppe.ledger.PostgresReplicas;
import io.steppe.ledger.Replicas;
import io.steppe.ledger.Tables;
import io.steppe.ledger.seal.SealKeys;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** What endpoints and workers are made of. */
@Dependent
public class AllocBeans {
  private static final String SCHEMA = "alloc";
  private static final Set<String> TABLES =
      Set.of(
          Tables.JOBS,
          Tables.JOB_VERSIONS,
          Tables.EVALS,
          Tables.ALLOCS,
          Tables.DEPLOYMENTS,
          Tables.POSITIONS,
          Tables.SETTINGS,
          Tables.ROOT_KEYS,
          Tables.NODES,
          Tables.NODE_POOLS);

  /** What this process is called among the replicas, for as long as it lives. */
  record Self(String id) {}

  @Produces
  @Singleton
  Self self(AllocConfig config) {
    return new Self(
        config.replica().id().orElseGet(() -> Ownership.SERVICE + "-" + UUID.randomUUID()));
  }

  @Produces
  @Singleton
  LedgerSettings settings(AllocConfig config, Self self, InstantSource clock) {
    var database = config.database();
    var address =
        DatabaseAddress.of(
            database.url(), database.user(), database.password(), DatabaseConfig.ROLE);
    return LedgerSettings.of(
            address.url(), address.user(), address.password(), SCHEMA, TABLES, self.id())
        .withDurabilityChecked(database.durabilityChecked())
        .withClock(clock);
  }

  /** Opened by the first who uses it: {@link AllocService}, when the process starts. */
  @Produces
  @ApplicationScoped
  Ledger<AllocView> ledger(Vertx vertx, LedgerSettings settings) {
    return PostgresLedger.open(vertx, settings, AllocView.empty());
  }

  void close(@Disposes Ledger<AllocView> ledger) {
    ledger.close();
  }

  @Produces
  @ApplicationScoped
  Replicas replicas(
      Vertx vertx,
      AllocConfig config,
      Self self,
      LedgerSettings settings,
      InstantSource clock,
      @ConfigProperty(name = "quarkus.grpc.server.port") int port,
      @ConfigProperty(name = "quarkus.application.version") String version) {
    var address = config.replica().address().orElse("127.0.0.1:" + port);
    return PostgresReplicas.open(
        vertx,
        settings,
        new PostgresReplicas.Self(self.id(), Ownership.SERVICE, address, version, clock.instant()));
  }

  void close(@Disposes Replicas replicas) {
    replicas.close();
  }

  @Produces
  @Singleton
  InstantSource clock() {
    return InstantSource.system();
  }

  @Produces
  @Singleton
  Supplier<RandomGenerator> random() {
    return () -> new SplittableRandom(ThreadLocalRandom.current().nextLong());
  }

  @Produces
  @Singleton
  Keyring keyring(AllocConfig config) {
    return new Keyring(SealKeys.of(config.seal().keys().orElse(List.of())));
  }

  @Produces
  @Singleton
  WorkloadIdentities identities(Keyring keyring, AllocConfig config) {
    return new WorkloadIdentities(
        keyring, config.region(), config.identity().issuer(), UUID::randomUUID);
  }

  @Produces
  @Singleton
  Introductions introductions(Keyring keyring, AllocConfig config) {
    return new Introductions(
        keyring, config.region(), config.identity().issuer(), UUID::randomUUID);
  }

  @Produces
  @Singleton
  Reads reads(Ledger<AllocView> ledger, InstantSource clock) {
    return new Reads(ledger, clock);
  }
}
