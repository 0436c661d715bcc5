package io.steppe.event.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.steppe.proto.v1.EventSink;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is decided about sinks without a database. */
class SinkRulesTest {
  private static final EventSink SINK =
      EventSink.newBuilder()
          .setId("audit")
          .setAddress("https://example.org/hook?a=b")
          .setSecret("0123456789abcdef")
          .build();

  private final SinkRules any = new SinkRules(List.of());

  @Test
  void aSinkHasDefaults() {
    EventSink sink = any.canonical(SINK);
    assertEquals("webhook", sink.getType());
    assertEquals("default", sink.getNamespace());
    assertEquals("events", sink.getFormat());
  }

  @Test
  void whatCantBeASinkIsRefusedWithTheReason() {
    refused(SINK.toBuilder().setId("a/b"), "invalid ID");
    refused(SINK.toBuilder().setType("kafka"), "invalid Type");
    refused(SINK.toBuilder().setAddress("ftp://example.org"), "invalid Address");
    refused(SINK.toBuilder().setAddress("http:///path"), "invalid Address");
    refused(SINK.toBuilder().setAddress("http://me:pw@example.org/"), "invalid Address");
    refused(SINK.toBuilder().setAddress("not a url"), "invalid Address");
    refused(SINK.toBuilder().setSecret("short"), "invalid Secret");
    refused(SINK.toBuilder().setFormat("xml"), "invalid Format");
    refused(SINK.toBuilder().addTopics("Job:"), "invalid Topics");
    refused(SINK.toBuilder().setFilter("Topic =="), "Invalid filter");
  }

  @Test
  void hostsMayBeNarrowed() {
    SinkRules some = new SinkRules(List.of("*.example.org", "127.0.0.1"));
    some.canonical(SINK.toBuilder().setAddress("https://a.example.org/").build());
    some.canonical(SINK.toBuilder().setAddress("http://127.0.0.1:8080/").build());
    assertThrows(Failure.class, () -> some.canonical(SINK));
    assertThrows(
        Failure.class,
        () -> some.canonical(SINK.toBuilder().setAddress("http://badexample.org/").build()));
  }

  private void refused(EventSink.Builder sink, String text) {
    Failure failure = assertThrows(Failure.class, () -> any.canonical(sink.build()));
    assertEquals(Kind.INVALID, failure.kind());
    assertEquals(text, failure.getMessage().substring(0, text.length()), failure.getMessage());
  }

  /** The example of the Standard Webhooks specification. */
  @Test
  void signaturesAreThoseOfStandardWebhooks() {
    assertEquals(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        Signature.of(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void pausesGrowToALimitAndAreNeverTheSame() {
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(5), new Random(1));
    for (int failures = 1; failures < 100; failures++) {
      long step = failures > 9 ? 300_000 : Math.min(300_000, 1000L << (failures - 1));
      long pause = backoff.after(failures).toMillis();
      assertEquals(true, pause >= step / 2 && pause <= step, failures + ": " + pause);
    }
  }

  @Test
  void anOwnerIsFoundAndFewMove() {
    assertEquals(Optional.empty(), Owner.of("a", Set.of()));
    int moved = 0;
    for (int i = 0; i < 1000; i++) {
      String three = Owner.of("sink" + i, Set.of("e-0", "e-1", "e-2")).orElseThrow();
      String two = Owner.of("sink" + i, Set.of("e-0", "e-1")).orElseThrow();
      moved += three.equals(two) ? 0 : 1;
      assertEquals(true, three.equals(two) || three.equals("e-2"));
    }
    assertEquals(true, moved > 200 && moved < 470, "moved " + moved);
  }
}
