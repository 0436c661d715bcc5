package io.steppe.event.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Int64Value;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.steppe.event.log.LogView;
import io.steppe.ledger.Change;
import io.steppe.ledger.EventTag;
import io.steppe.ledger.LedgerSettings;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.PostgresLedger;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.Job;
import io.steppe.rpc.Channels;
import io.steppe.rpc.v1.ChangeBatch;
import io.steppe.rpc.v1.ChangesGrpc;
import io.steppe.rpc.v1.ClusterGrpc;
import io.steppe.rpc.v1.EventLine;
import io.steppe.rpc.v1.EventsGrpc;
import io.steppe.rpc.v1.Member;
import io.steppe.rpc.v1.MembersReply;
import io.steppe.rpc.v1.RenewRequest;
import io.steppe.rpc.v1.SubscribeRequest;
import io.steppe.rpc.v1.SubscribeUp;
import io.steppe.rpc.v1.WatchUp;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(DatabaseResource.class)
class EventServiceTest {
  private static final Duration WAIT = Duration.ofSeconds(20);

  @Inject EventSettings settings;

  @ConfigProperty(name = "quarkus.http.test-port")
  int httpPort;

  @ConfigProperty(name = "quarkus.grpc.server.test-port")
  int grpcPort;

  private ManagedChannel channel;
  private PostgresLedger<LogView> writer;

  @BeforeEach
  void open() {
    channel = Channels.open("127.0.0.1:" + grpcPort);
    LedgerSettings writing =
        LedgerSettings.of(
                settings.database().url(),
                "steppe_alloc",
                settings.database().password().orElseThrow(),
                "alloc",
                Set.of(Tables.JOBS),
                "writer")
            .withDurabilityChecked(false);
    writer = PostgresLedger.open(writing, new LogView());
  }

  @AfterEach
  void close() {
    writer.close();
    Channels.close(channel);
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

  @Test
  void itIsReadyAndServesEventsAndChanges() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest ready =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/q/health/ready"))
              .build();
      long deadline = System.nanoTime() + WAIT.toNanos();
      int status = 0;
      while (status != 200 && System.nanoTime() < deadline) {
        status = http.send(ready, HttpResponse.BodyHandlers.ofString()).statusCode();
      }
      assertEquals(200, status);
    }
    long first = register("first");

    Answers<EventLine> lines = new Answers<>();
    StreamObserver<SubscribeUp> up = EventsGrpc.newStub(channel).subscribe(lines);
    up.onNext(
        SubscribeUp.newBuilder()
            .setRequest(SubscribeRequest.newBuilder().setIndex(first).setCredit(1))
            .build());
    EventLine line = lines.next();
    assertEquals(first, line.getIndex());
    assertTrue(line.getJson().toStringUtf8().contains("\"Key\":\"first\""));

    Answers<ChangeBatch> batches = new Answers<>();
    StreamObserver<WatchUp> watch = ChangesGrpc.newStub(channel).watch(batches);
    watch.onNext(WatchUp.newBuilder().setCredit(10).build());
    assertEquals(first, batches.next().getIndex());

    long second = register("second");
    ChangeBatch batch = batches.next();
    assertEquals(second, batch.getIndex());
    assertEquals(Tables.JOBS, batch.getTables(0).getTable());
    assertEquals(List.of("default/second"), batch.getTables(0).getKeysList());

    up.onNext(SubscribeUp.newBuilder().setCredit(100_000).build());
    assertEquals(second, lines.next().getIndex());
    up.onCompleted();
    watch.onCompleted();

    Answers<ChangeBatch> resumed = new Answers<>();
    StreamObserver<WatchUp> again = ChangesGrpc.newStub(channel).watch(resumed);
    again.onNext(WatchUp.newBuilder().setAfterIndex(first).setCredit(10).build());
    assertEquals(first, resumed.next().getIndex());
    assertEquals(second, resumed.next().getIndex());
    again.onCompleted();
  }

  @Test
  void aServiceWithoutADatabaseRenewsItsLease() {
    Member gateway =
        Member.newBuilder()
            .setId("gw")
            .setService("api-gateway")
            .setAddress("localhost:4646")
            .build();
    MembersReply members =
        ClusterGrpc.newBlockingStub(channel)
            .withDeadlineAfter(20, TimeUnit.SECONDS)
            .renew(RenewRequest.newBuilder().setMember(gateway).build());
    Member renewed =
        members.getMembersList().stream()
            .filter(one -> one.getId().equals("gw"))
            .findFirst()
            .orElseThrow();
    assertTrue(renewed.getAlive());
    assertTrue(
        members.getMembersList().stream().anyMatch(one -> one.getId().equals("event-service-0")));
  }

  /** What a call answered, one after the other. */
  private static final class Answers<T> implements StreamObserver<T> {
    private final BlockingQueue<T> answers = new LinkedBlockingQueue<>();

    T next() throws InterruptedException {
      T next = answers.poll(20, TimeUnit.SECONDS);
      assertTrue(next != null, "no answer came");
      return next;
    }

    @Override
    public void onNext(T answer) {
      answers.add(answer);
    }

    @Override
    public void onError(Throwable error) {
      answers.clear();
    }

    @Override
    public void onCompleted() {
      // Nothing more comes.
    }
  }
}
