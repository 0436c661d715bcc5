package io.steppe.event.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Int64Value;
import io.grpc.Status;
import io.smallrye.mutiny.Uni;
import io.steppe.event.log.LogView;
import io.steppe.ledger.Change;
import io.steppe.ledger.EventTag;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.LedgerSettings;
import io.steppe.ledger.LogReader;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.PostgresLedger;
import io.steppe.ledger.Tables;
import io.steppe.ledger.testing.TestDatabase;
import io.steppe.proto.v1.Evaluation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskGroup;
import io.steppe.rpc.v1.EventFormat;
import io.steppe.rpc.v1.SubscribeRequest;
import io.steppe.rpc.v1.TopicFilter;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EventHubTest {
  private static final Duration WAIT = Duration.ofSeconds(20);
  private static final int MUCH = 1 << 30;

  private static TestDatabase database;
  private static Vertx vertx;
  private static Ledger<LogView> writer;

  /** The service as one object: a ledger that follows, and the hub on it. */
  private record Service(PostgresLedger<LogView> ledger, EventHub hub) implements AutoCloseable {
    static Service start(long buffer, Duration stall) {
      LedgerSettings settings =
          database.settings("ledger", Tables.ALL.toArray(String[]::new)).withoutObjects();
      PostgresLedger<LogView> ledger = PostgresLedger.open(vertx, settings, new LogView());
      Set<String> tables = Set.of(Tables.NODES, Tables.JOBS, Tables.EVALS);
      EventHub hub =
          new EventHub(
              "global",
              ledger,
              thread -> LogReader.open(vertx, settings, tables, thread),
              buffer,
              stall,
              100);
      return new Service(ledger, hub);
    }

    static Service start() {
      return start(16 << 20, Duration.ofMinutes(1));
    }

    Collected subscribe(SubscribeRequest request, int credit) {
      Collected lines = new Collected();
      SubscribeRequest withCredit = request.toBuilder().setCredit(credit).build();
      hub.subscribe(new Subscription(EventFilter.of(request), withCredit, lines));
      return lines;
    }

    @Override
    public void close() throws Exception {
      hub.close();
      ledger.close();
    }
  }

  @BeforeAll
  static void start() {
    database = TestDatabase.start();
    database.migrateTables("alloc", Tables.JOBS, Tables.EVALS);
    database.migrateTables("node", Tables.NODES);
    vertx = Vertx.vertx();
    writer = PostgresLedger.open(vertx, database.settings("alloc", Tables.JOBS), new LogView());
  }

  @AfterAll
  static void stop() {
    writer.close();
    vertx.close();
    database.close();
  }

  private static Uni<Long> commit(List<Change> changes) {
    return writer
        .commit(
            "",
            Int64Value.parser(),
            (view, index, now) -> new Outcome.Commit<>(changes, Int64Value.of(index)))
        .map(Int64Value::getValue);
  }

  private static Change job(String id, String namespace) {
    Job job = Job.newBuilder().setId(id).setNamespace(namespace).build();
    return Change.put(Tables.JOBS, namespace + "/" + id, job.toByteString())
        .shownAs(new EventTag("Job", "JobRegistered", id, namespace, List.of()));
  }

  private static Change evaluation(String id, String job, int padding) {
    Evaluation evaluation =
        Evaluation.newBuilder()
            .setId(id)
            .setJobId(job)
            .setStatusDescription("x".repeat(padding))
            .build();
    return Change.put(Tables.EVALS, id, evaluation.toByteString())
        .shownAs(new EventTag("Evaluation", "JobRegistered", id, "default", List.of(job, "")));
  }

  private static SubscribeRequest from(long index) {
    return SubscribeRequest.newBuilder().setIndex(index).setNamespace("*").build();
  }

  private static TopicFilter topic(String topic, String key) {
    return TopicFilter.newBuilder().setTopic(topic).setKey(key).build();
  }

  @Test
  void everySubscriberGetsEveryEventOnceInOrderAlsoOverRestarts() throws Exception {
    long before = commit(List.of(job("restarts", "default"))).await().atMost(WAIT);
    List<Uni<Long>> commits = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      commits.add(
          commit(List.of(job("restarts" + i, "default"), evaluation("e" + i, "restarts" + i, 10))));
    }
    long last = before + commits.size();
    Uni<List<Long>> all = Uni.join().all(commits).usingConcurrencyOf(20).andFailFast();
    var done = all.subscribeAsCompletionStage();
    List<List<Long>> seen =
        IntStream.range(0, 5).<List<Long>>mapToObj(i -> new ArrayList<>()).toList();
    for (int round = 0; round < 4; round++) {
      try (Service service = Service.start()) {
        List<Collected> readers = new ArrayList<>();
        for (List<Long> one : seen) {
          readers.add(
              service.subscribe(from(one.isEmpty() ? before + 1 : one.getLast() + 1), MUCH));
        }
        long until = round == 3 ? last : before + 100 * (round + 1);
        for (int i = 0; i < seen.size(); i++) {
          if (seen.get(i).isEmpty() || seen.get(i).getLast() < until) {
            readers.get(i).await(until);
          }
        }
        for (int i = 0; i < seen.size(); i++) {
          seen.get(i).addAll(readers.get(i).indexes());
        }
      }
    }
    done.get();
    List<Long> expected = LongStream.rangeClosed(before + 1, last).boxed().toList();
    for (List<Long> one : seen) {
      assertEquals(expected, one);
    }
  }

  @Test
  void aLineHoldsTheMatchingEventsOfAnIndex() throws Exception {
    try (Service service = Service.start()) {
      long index =
          commit(
                  List.of(
                      job("filtered", "default"),
                      evaluation("e1", "filtered", 0),
                      job("other", "apart")))
              .await()
              .atMost(WAIT);
      SubscribeRequest base = from(index);
      Collected everything = service.subscribe(base, MUCH);
      Collected byFilterKey =
          service.subscribe(
              base.toBuilder().addTopics(topic("Evaluation", "filtered")).build(), MUCH);
      Collected byKey =
          service.subscribe(base.toBuilder().addTopics(topic("*", "e1")).build(), MUCH);
      Collected byNamespace =
          service.subscribe(base.toBuilder().setNamespace("apart").build(), MUCH);
      Collected none =
          service.subscribe(base.toBuilder().addTopics(topic("Job", "none")).build(), MUCH);
      long end = commit(List.of(job("none", "default"))).await().atMost(WAIT);
      for (Collected reader : List.of(everything, none)) {
        reader.await(end);
      }
      String whole = everything.lines().getFirst().json();
      assertTrue(
          whole.startsWith(
              "{\"Index\":" + index + ",\"Events\":[{\"Topic\":\"Job\",\"Type\":\"JobRegistered\""),
          whole);
      assertTrue(whole.contains("\"FilterKeys\":null"), whole);
      assertTrue(whole.contains("\"FilterKeys\":[\"filtered\",\"\"]"), whole);
      assertTrue(whole.contains("\"Payload\":{\"Evaluation\":{"), whole);
      byFilterKey.await(index);
      byKey.await(index);
      byNamespace.await(index);
      assertEquals(byKey.lines().getFirst().json(), byFilterKey.lines().getFirst().json());
      assertTrue(!byKey.lines().getFirst().json().contains("\"Topic\":\"Job\""));
      assertTrue(byNamespace.lines().getFirst().json().contains("\"Key\":\"other\""));
      assertEquals(List.of(end), none.indexes());
    }
  }

  @Test
  void nodesPassEveryNamespaceWithoutTheirSecret() throws Exception {
    try (Service service = Service.start()) {
      Node node = Node.newBuilder().setId("n").setSecretId("hush").setSecretHash("quiet").build();
      Change change =
          Change.put(Tables.JOBS, "n", node.toByteString())
              .shownAs(new EventTag("Node", "NodeRegistration", "n", "", List.of()));
      long index = commit(List.of(change)).await().atMost(WAIT);
      Collected reader =
          service.subscribe(from(index).toBuilder().setNamespace("some").build(), MUCH);
      reader.await(index);
      String json = reader.lines().getFirst().json();
      assertTrue(json.contains("\"Payload\":{\"Node\":{"), json);
      assertTrue(!json.contains("hush") && !json.contains("quiet"), json);
    }
  }

  @Test
  void aFilterExpressionSeesTheWholeEvent() throws Exception {
    try (Service service = Service.start()) {
      long index =
          commit(List.of(job("seen", "default"), evaluation("f1", "seen", 3))).await().atMost(WAIT);
      long end = commit(List.of(job("after", "default"))).await().atMost(WAIT);
      SubscribeRequest.Builder request = from(index).toBuilder().setToIndex(end);
      String expression =
          "Topic == Job and Payload.Job.ID == seen or Topic == Evaluation and seen in FilterKeys"
              + " and Payload.Evaluation.StatusDescription == xx";
      Collected first = service.subscribe(request.setFilter(expression).build(), MUCH);
      first.awaitEnd();
      assertEquals(List.of(index), first.indexes());
      assertEquals(1, first.lines().getFirst().json().split("\"Topic\"", -1).length - 1);
      Collected none =
          service.subscribe(request.setFilter("Payload.Node.Name == seen").build(), MUCH);
      assertEquals(Status.Code.OK, none.awaitEnd().getCode());
      assertEquals(List.of(), none.indexes());
    }
  }

  @Test
  void rawValuesStayOnTheirLine() throws Exception {
    try (Service service = Service.start()) {
      Task task =
          Task.newBuilder()
              .setName("main")
              .setConfig(ByteString.copyFromUtf8("{\n  \"command\": \"a\\nb\"\r\n}"))
              .build();
      Job job =
          Job.newBuilder()
              .setId("laid-out")
              .addTaskGroups(TaskGroup.newBuilder().addTasks(task))
              .build();
      Change change =
          Change.put(Tables.JOBS, "default/laid-out", job.toByteString())
              .shownAs(new EventTag("Job", "JobRegistered", "laid-out", "default", List.of()));
      long index = commit(List.of(change)).await().atMost(WAIT);
      Collected reader = service.subscribe(from(index), MUCH);
      reader.await(index);
      String json = reader.lines().getFirst().json();
      assertTrue(json.lines().count() == 1 && json.contains("{\"command\":\"a\\nb\"}"), json);
    }
  }

  @Test
  void aDeletedJobIsShownAsItLastWas() throws Exception {
    try (Service service = Service.start()) {
      Job job = Job.newBuilder().setId("gone").setNamespace("default").build();
      commit(List.of(job("gone", "default"))).await().atMost(WAIT);
      EventTag tag =
          new EventTag(
              "Job",
              "JobDeregistered",
              "gone",
              "default",
              List.of(),
              Optional.of(job.toByteString()));
      long index =
          commit(List.of(Change.delete(Tables.JOBS, "default/gone").shownAs(tag)))
              .await()
              .atMost(WAIT);
      Collected reader = service.subscribe(from(index), MUCH);
      reader.await(index);
      String json = reader.lines().getFirst().json();
      assertTrue(json.contains("\"ID\":\"gone\"") && json.contains("\"Deleted\":true"), json);
    }
  }

  @Test
  void aStalledSubscriberIsCutAndHoldsUpNobody() throws Exception {
    try (Service service = Service.start(50_000, Duration.ofMinutes(1))) {
      long start = commit(List.of(job("stalled", "default"))).await().atMost(WAIT);
      Collected slow = service.subscribe(from(start), 1);
      Collected quick = service.subscribe(from(start), MUCH);
      slow.await(start);
      long last = start;
      for (int i = 0; i < 20; i++) {
        last = commit(List.of(evaluation("big" + i, "stalled", 5_000))).await().atMost(WAIT);
      }
      quick.await(last);
      assertEquals(LongStream.rangeClosed(start, last).boxed().toList(), quick.indexes());
      Status end = slow.awaitEnd();
      assertEquals(Status.Code.OUT_OF_RANGE, end.getCode());
      assertTrue(end.getDescription().contains("too slow"), end.getDescription());
      assertEquals(List.of(start), slow.indexes());
      Collected again = service.subscribe(from(start + 1), MUCH);
      again.await(last);
      assertEquals(LongStream.rangeClosed(start + 1, last).boxed().toList(), again.indexes());
    }
  }

  @Test
  void aPieceOfTheLogEnds() throws Exception {
    try (Service service = Service.start()) {
      long first = commit(List.of(job("piece0", "default"))).await().atMost(WAIT);
      for (int i = 1; i < 5; i++) {
        commit(List.of(job("piece" + i, "default"))).await().atMost(WAIT);
      }
      SubscribeRequest some = from(first + 1).toBuilder().setToIndex(first + 3).build();
      Collected piece = service.subscribe(some, MUCH);
      assertEquals(Status.Code.OK, piece.awaitEnd().getCode());
      assertEquals(List.of(first + 1, first + 2, first + 3), piece.indexes());
      assertEquals(1, piece.piece().getOldest());

      SubscribeRequest more = from(first + 3).toBuilder().setToIndex(first + 1_000_000).build();
      Collected toTheHead = service.subscribe(more, MUCH);
      assertEquals(Status.Code.OK, toTheHead.awaitEnd().getCode());
      assertEquals(List.of(first + 3, first + 4), toTheHead.indexes());
      assertEquals(first + 4, toTheHead.piece().getTo());

      try (Service restarted = Service.start()) {
        Collected replayed = restarted.subscribe(some, MUCH);
        assertEquals(Status.Code.OK, replayed.awaitEnd().getCode());
        assertEquals(piece.lines(), replayed.lines());
      }
      Collected none =
          service.subscribe(from(first + 10).toBuilder().setToIndex(first + 20).build(), MUCH);
      assertEquals(Status.Code.OK, none.awaitEnd().getCode());
      assertEquals(List.of(), none.indexes());
    }
  }

  @Test
  void cloudEventsHoldTheEventAndAnIdOfTheirOwn() throws Exception {
    try (Service service = Service.start()) {
      long index =
          commit(List.of(job("cloud", "default"), evaluation("c1", "cloud", 0)))
              .await()
              .atMost(WAIT);
      SubscribeRequest request = from(index).toBuilder().setFormat(EventFormat.CLOUDEVENTS).build();
      Collected reader = service.subscribe(request, MUCH);
      reader.await(index);
      JsonArray batch = new JsonArray(reader.lines().getFirst().json());
      JsonObject event = batch.getJsonObject(1);
      assertEquals("1.0", event.getString("specversion"));
      assertEquals("io.steppe.Evaluation.JobRegistered", event.getString("type"));
      assertEquals("/regions/global", event.getString("source"));
      assertEquals("1-" + index + "-1", event.getString("id"));
      assertEquals("c1", event.getString("subject"));
      assertEquals("c1", event.getJsonObject("data").getString("Key"));
      Instant committed = Instant.parse(event.getString("time"));
      assertTrue(Duration.between(committed, Instant.now()).abs().compareTo(WAIT) < 0);
      try (Service restarted = Service.start()) {
        Collected replayed = restarted.subscribe(request, MUCH);
        replayed.await(index);
        assertEquals(reader.lines(), replayed.lines(), "the same from every replica");
      }
      Collected plain = service.subscribe(from(index), MUCH);
      plain.await(index);
      assertEquals(
          new JsonObject(plain.lines().getFirst().json()).getJsonArray("Events").getJsonObject(1),
          event.getJsonObject("data"));
    }
  }

  @Test
  void aLongLineGoesOutInPieces() throws Exception {
    List<Change> changes =
        IntStream.range(0, 1_500).mapToObj(i -> evaluation("l" + i, "long", 2_000)).toList();
    try (Service service = Service.start()) {
      long index = commit(changes).await().atMost(WAIT);
      Collected live = service.subscribe(from(index), MUCH);
      live.await(index);
      assertTrue(live.pieces().size() > 3);
      assertTrue(live.pieces().stream().allMatch(size -> size <= 512 << 10));
      try (Service restarted = Service.start()) {
        Collected replayed = restarted.subscribe(from(index), MUCH);
        replayed.await(index);
        assertEquals(live.lines().getFirst().json(), replayed.lines().getFirst().json());
      }
    }
  }
}
