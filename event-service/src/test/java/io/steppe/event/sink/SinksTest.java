package io.steppe.event.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Int64Value;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.steppe.event.log.LogView;
import io.steppe.event.service.DatabaseResource;
import io.steppe.event.service.EventSettings;
import io.steppe.event.stream.EventHub;
import io.steppe.ledger.Change;
import io.steppe.ledger.EventTag;
import io.steppe.ledger.FixedReplicas;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.LedgerSettings;
import io.steppe.ledger.LogReader;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.PostgresLedger;
import io.steppe.ledger.Replicas;
import io.steppe.ledger.Tables;
import io.steppe.ledger.seal.SealKeys;
import io.steppe.proto.v1.EventSink;
import io.steppe.proto.v1.Job;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(DatabaseResource.class)
class SinksTest {
  private static final Duration WAIT = Duration.ofSeconds(20);
  private static final String SECRET = "0123456789abcdef";
  private static final SealKeys KEYS = SealKeys.of(List.of(key(1)));

  @Inject EventSettings settings;
  @Inject SinkStore store;
  @Inject DataSource database;
  @Inject Vertx vertx;

  private Ledger<LogView> writer;
  private Receiver receiver;

  /** One replica of the service, as far as sinks go. */
  private record Replica(PostgresLedger<LogView> ledger, EventHub hub, Sinks sinks)
      implements AutoCloseable {
    SinkBook book() {
      return sinks.book();
    }

    @Override
    public void close() throws Exception {
      sinks.deliveries().close();
      hub.close();
      ledger.close();
    }
  }

  private Replica start(FixedReplicas replicas, SealKeys keys) {
    LedgerSettings reading = ledger("steppe_event", "", Tables.ALL).withoutObjects();
    PostgresLedger<LogView> ledger = PostgresLedger.open(vertx, reading, new LogView());
    EventHub hub =
        new EventHub(
            "global",
            ledger,
            thread -> LogReader.open(vertx, reading, Set.of(Tables.JOBS), thread),
            1 << 20,
            Duration.ofMinutes(1),
            100);
    Sinks sinks =
        Sinks.of(store, ledger, replicas, hub, keys, limits(), replicas.self().id(), "test");
    ledger.ready().await().atMost(WAIT);
    sinks.deliveries().start(Duration.ofMillis(50));
    return new Replica(ledger, hub, sinks);
  }

  private Replica start(SealKeys keys) {
    return start(replicas("event-0", "event-0"), keys);
  }

  private Replica start() {
    return start(KEYS);
  }

  private LedgerSettings ledger(String role, String schema, Set<String> tables) {
    return LedgerSettings.of(
            settings.database().url(),
            role,
            settings.database().password().orElseThrow(),
            schema,
            tables,
            "test-" + role)
        .withDurabilityChecked(false);
  }

  private static Sinks.Limits limits() {
    return new Sinks.Limits(
        10,
        List.of(),
        Duration.ofSeconds(2),
        Duration.ofMillis(20),
        Duration.ofMillis(50),
        10,
        100_000);
  }

  private static FixedReplicas replicas(String self, String... ids) {
    return new FixedReplicas(self, members(ids));
  }

  private static List<Replicas.Member> members(String... ids) {
    Instant now = Instant.now();
    return List.of(ids).stream()
        .map(id -> new Replicas.Member(id, "event-service", "", "", now, 1, now, true))
        .toList();
  }

  private static Replicas.Member alive(Replicas.Member member, boolean alive) {
    return new Replicas.Member(
        member.id(),
        member.service(),
        member.address(),
        member.version(),
        member.startedAt(),
        member.generation(),
        member.leaseUntil(),
        alive);
  }

  @BeforeEach
  void open() throws Exception {
    receiver = new Receiver();
    writer =
        PostgresLedger.open(
            vertx, ledger("steppe_alloc", "alloc", Set.of(Tables.JOBS)), new LogView());
  }

  @AfterEach
  void close() throws Exception {
    writer.close();
    receiver.close();
  }

  private long register(String id) {
    Job job = Job.newBuilder().setId(id).setNamespace("default").build();
    Change change =
        Change.put(Tables.JOBS, "default/" + id, job.toByteString())
            .shownAs(new EventTag("Job", "JobRegistered", id, "default", List.of()));
    return writer
        .commit(
            "",
            Int64Value.parser(),
            (view, index, now) -> new Outcome.Commit<>(List.of(change), Int64Value.of(index)))
        .await()
        .atMost(WAIT)
        .getValue();
  }

  private long register(int jobs) {
    long last = 0;
    for (int i = 0; i < jobs; i++) {
      last = register("job" + i);
    }
    return last;
  }

  private EventSink sink(String id) {
    return EventSink.newBuilder()
        .setId(id)
        .setAddress(receiver.address())
        .setSecret(SECRET)
        .build();
  }

  private static void eventually(BooleanSupplier condition, String what) throws Exception {
    long deadline = System.nanoTime() + WAIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, () -> "not in time: " + what);
      Thread.sleep(10);
    }
  }

  private static List<Long> range(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  @Test
  void everyEventIsDeliveredOnceInOrderSignedAndOverRestarts() throws Exception {
    long before = register("before");
    try (Replica replica = start()) {
      EventSink made = replica.book().put(sink("ordered"));
      assertEquals("", made.getSecret());
      assertEquals(before, made.getState().getDeliveredIndex());
      long last = register(30);
      eventually(() -> receiver.indexes().contains(last), "30 events");
      eventually(() -> delivered(replica, "ordered") == last, "the place");
    }
    long meanwhile = register(5);
    try (Replica again = start()) {
      eventually(() -> receiver.indexes().contains(meanwhile), "what happened meanwhile");
      EventSink shown = again.book().get("ordered");
      assertEquals("", shown.getState().getLastError());
      again.book().delete("ordered");
    }
    assertEquals(range(before + 1, meanwhile), receiver.indexes());
    Receiver.Delivered one = receiver.deliveries().getFirst();
    assertEquals("application/x-ndjson; charset=utf-8", one.type());
    assertEquals(
        Signature.of(
            SECRET,
            one.id(),
            Long.parseLong(one.timestamp()),
            one.body().getBytes(StandardCharsets.UTF_8)),
        one.signature());
  }

  @Test
  void whatIsRefusedIsTriedAgainUntilItIsTaken() throws Exception {
    receiver.answer(503);
    try (Replica replica = start()) {
      replica.book().put(sink("refused"));
      long first = register("one");
      register("two");
      eventually(() -> receiver.refused() > 3, "several attempts");
      EventSink failing = replica.book().get("refused");
      assertEquals("failing", failing.getState().getStatus());
      assertEquals("answered with status 503", failing.getState().getLastError());
      assertEquals(2, failing.getState().getLag());
      receiver.answer(302);
      eventually(
          () -> replica.book().get("refused").getState().getLastError().endsWith("302"),
          "a redirect is not followed");
      receiver.answer(200);
      eventually(() -> receiver.indexes().size() == 2, "both events");
      assertEquals(range(first, first + 1), receiver.indexes());
      eventually(() -> delivered(replica, "refused") == first + 1, "the place");
      assertEquals(0, replica.book().get("refused").getState().getFailures());
      replica.book().delete("refused");
    }
  }

  @Test
  void anotherReplicaGoesOnFromThePlace() throws Exception {
    String owner = Owner.of("moved", Set.of("event-0", "event-1")).orElseThrow();
    String other = owner.equals("event-0") ? "event-1" : "event-0";
    FixedReplicas first = replicas(owner, "event-0", "event-1");
    FixedReplicas second = replicas(other, "event-0", "event-1");
    long before = register("before");
    try (Replica one = start(first, KEYS);
        Replica two = start(second, KEYS)) {
      one.book().put(sink("moved"));
      long some = register(5);
      eventually(() -> delivered(two, "moved") == some, "deliveries of the owner");
      assertEquals(owner, two.book().get("moved").getState().getReplica());
      List<Replicas.Member> left =
          members(owner, other).stream()
              .map(member -> alive(member, !member.id().equals(owner)))
              .toList();
      first.set(left);
      second.set(left);
      long last = register(5);
      eventually(() -> delivered(two, "moved") == last, "deliveries of the other");
      assertEquals(other, two.book().get("moved").getState().getReplica());
      assertEquals(range(before + 1, last), receiver.indexes().stream().distinct().toList());
      two.book().delete("moved");
    }
  }

  @Test
  void aSinkThatIsPausedKeepsItsPlaceAndItsSecret() throws Exception {
    try (Replica replica = start()) {
      replica.book().put(sink("paused"));
      EventSink paused =
          sink("paused").toBuilder().clearSecret().setPaused(true).setFormat("cloudevents").build();
      replica.book().put(paused);
      assertEquals("paused", replica.book().get("paused").getState().getStatus());
      long first = register(3) - 2;
      assertEquals(List.of(), receiver.deliveries());
      replica.book().put(paused.toBuilder().setPaused(false).addTopics("Job:job1").build());
      eventually(() -> !receiver.deliveries().isEmpty(), "a delivery");
      Receiver.Delivered one = receiver.deliveries().getFirst();
      assertTrue(one.body().startsWith("[{\"specversion\":\"1.0\",\"id\":"), one.body());
      assertTrue(one.body().contains("\"Index\":" + (first + 1)), one.body());
      assertFalse(one.body().contains("job2"), one.body());
      eventually(() -> delivered(replica, "paused") >= first + 1, "the place");
      replica.book().delete("paused");
      Failure gone = assertThrows(Failure.class, () -> replica.book().get("paused"));
      assertEquals(Kind.NOT_FOUND, gone.kind());
      assertThrows(
          Failure.class, () -> replica.book().put(sink("new").toBuilder().clearSecret().build()));
    }
  }

  @Test
  void aSinkMayStartInThePast() throws Exception {
    long first = register(3) - 2;
    try (Replica replica = start()) {
      replica.book().put(sink("past").toBuilder().setIndex(first).build());
      eventually(() -> receiver.indexes().size() >= 3, "what was before");
      assertEquals(range(first, first + 2), receiver.indexes());
      replica.book().delete("past");
    }
  }

  @Test
  void secretsAreSealedAndSealedAnewWithANewKey() throws Exception {
    try (Replica replica = start()) {
      replica.book().put(sink("sealed"));
      assertEquals("1", stored("sealed", "seal_key"));
      assertNull(stored("sealed", "secret"));
      assertFalse(stored("sealed", "encode(sealed, 'escape')").contains(SECRET));
    }
    long first = register(1);
    try (Replica other = start(SealKeys.of(List.of(key(2))))) {
      eventually(
          () -> other.book().get("sealed").getState().getLastError().contains("is not here"),
          "its key is missed");
      assertEquals(List.of(), receiver.deliveries());
    }
    try (Replica both = start(SealKeys.of(List.of(key(2), key(1))))) {
      eventually(() -> "2".equals(stored("sealed", "seal_key")), "the new key");
      eventually(() -> delivered(both, "sealed") == first, "the delivery");
    }
    Receiver.Delivered one = receiver.deliveries().getFirst();
    byte[] body = one.body().getBytes(StandardCharsets.UTF_8);
    long timestamp = Long.parseLong(one.timestamp());
    assertEquals(Signature.of(SECRET, one.id(), timestamp, body), one.signature());
    execute("update ledger.sinks set secret = '" + SECRET + "', sealed = null, seal_key = null");
    // The replica before may have looked once more after that, and sealed it with its own key.
    try (Replica before = start(SealKeys.of(List.of(key(1), key(2))))) {
      eventually(() -> "1".equals(stored("sealed", "seal_key")), "what lay open is sealed");
      before.book().delete("sealed");
    }
  }

  @Test
  void withoutAKeyNoSecretIsTaken() throws Exception {
    try (Replica replica = start(SealKeys.of(List.of()))) {
      Failure refused = assertThrows(Failure.class, () -> replica.book().put(sink("open")));
      assertEquals(Kind.INVALID, refused.kind());
      assertEquals(List.of(), replica.book().all());
    }
  }

  @Test
  void thereAreNoMoreThanMayBe() throws Exception {
    try (Replica replica = start()) {
      List<String> ids = IntStream.range(0, 10).mapToObj(i -> "many" + i).toList();
      for (String id : ids) {
        replica.book().put(sink(id).toBuilder().setPaused(true).build());
      }
      Failure refused = assertThrows(Failure.class, () -> replica.book().put(sink("more")));
      assertEquals(Kind.INVALID, refused.kind());
      assertEquals(ids, replica.book().all().stream().map(EventSink::getId).toList());
      ids.forEach(replica.book()::delete);
    }
  }

  @Test
  void whatTheDatabaseRefusesIsTriedAgain() throws Exception {
    try (Replica replica = start()) {
      replica.book().put(sink("patient"));
      long first = register(1);
      eventually(() -> delivered(replica, "patient") == first, "the first place");
      execute("alter table ledger.sinks rename to elsewhere");
      long last;
      try {
        Failure refused = assertThrows(Failure.class, () -> replica.book().all());
        assertEquals(Kind.UNAVAILABLE, refused.kind());
        last = register(1);
        eventually(() -> receiver.indexes().contains(last), "the delivery");
      } finally {
        execute("alter table ledger.elsewhere rename to sinks");
      }
      eventually(() -> delivered(replica, "patient") == last, "the place");
      replica.book().delete("patient");
    }
  }

  private static String key(int fill) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) fill);
    return fill + ":" + Base64.getEncoder().encodeToString(bytes);
  }

  private String stored(String id, String column) {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select " + column + " from ledger.sinks where id = '" + id + "'")) {
      assertTrue(row.next());
      return row.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long delivered(Replica replica, String id) {
    return replica.book().get(id).getState().getDeliveredIndex();
  }
}
