package io.steppe.diagnostics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.steppe.diagnostics.host.Secrets;
import io.steppe.pprof.Profile;
import io.steppe.proto.v1.AgentHost;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.HostCall;
import io.steppe.rpc.v1.MonitorCall;
import io.steppe.rpc.v1.ProfileCall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.GZIPInputStream;
import org.jboss.logmanager.Level;
import org.jboss.logmanager.Logger;
import org.junit.jupiter.api.Test;

class DiagnosticsTest {
  private static final Logger LOG = Logger.getLogger("io.steppe.test");

  private final Diagnostics diagnostics = new Diagnostics();

  /** Takes whatever comes, until told to go. */
  private static final class Taker implements Listener {
    private final BlockingQueue<ClientFrame> frames = new LinkedBlockingQueue<>();
    private volatile boolean gone;
    private volatile boolean stalled;
    private volatile boolean asked;

    @Override
    public int room() throws Gone, InterruptedException {
      while (stalled && !gone) {
        Thread.sleep(5);
      }
      check();
      return 1000;
    }

    @Override
    public void send(ClientFrame frame) throws Gone {
      check();
      frames.add(frame);
    }

    @Override
    public void check() throws Gone {
      asked = true;
      if (gone) {
        throw new Gone();
      }
    }

    ByteString bytes() {
      ByteString all = ByteString.EMPTY;
      for (ClientFrame frame : frames) {
        all = all.concat(frame.getData().getData());
      }
      return all;
    }

    /** Reads until a line holds a text. */
    String lineWith(String text) throws InterruptedException {
      StringBuilder all = new StringBuilder();
      while (true) {
        ClientFrame frame = frames.poll(20, TimeUnit.SECONDS);
        assertTrue(frame != null, "no line with " + text + " in " + all);
        all.append(frame.getData().getData().toStringUtf8());
        for (String line : all.toString().split("\n")) {
          if (line.contains(text) && all.indexOf(line + "\n") >= 0) {
            return line;
          }
        }
      }
    }
  }

  private ByteString profile(ProfileCall.Builder call) throws Exception {
    Taker taker = new Taker();
    diagnostics.answer(ClientRequest.newBuilder().setProfile(call).build(), taker);
    return taker.bytes();
  }

  private static Profile parsed(ByteString gzipped) throws IOException {
    return Profile.parseFrom(new GZIPInputStream(gzipped.newInput()).readAllBytes());
  }

  private Thread follow(MonitorCall.Builder call, Taker taker) {
    return Thread.ofVirtual()
        .start(
            () -> {
              try {
                diagnostics.answer(ClientRequest.newBuilder().setMonitor(call).build(), taker);
              } catch (Listener.Gone | InterruptedException e) {
                taker.frames.add(ClientFrame.getDefaultInstance());
              }
            });
  }

  @Test
  void showsTheMachineWithoutSecrets() throws Exception {
    Taker taker = new Taker();
    diagnostics.answer(
        ClientRequest.newBuilder().setHost(HostCall.getDefaultInstance()).build(), taker);
    AgentHost host = taker.frames.take().getHost();
    assertTrue(host.getOs().contains("Linux"), host.getOs());
    assertTrue(host.containsDisk("/"), () -> host.getDiskMap().keySet().toString());
    assertTrue(host.getNetwork().toStringUtf8().contains("\"127.0.0.1/8\""));
    for (String name : List.of("PASSWORD", "a.token", "AWS_SECRET_ACCESS_KEY", "seal-key")) {
      assertEquals(Secrets.REDACTED, Secrets.shown(name, "x"), name);
    }
    assertEquals("x", Secrets.shown("PATH", "x"));
    assertEquals("postgresql://<redacted>@h/d", Secrets.shown("URL", "postgresql://me:pw@h/d"));
    assertEquals("-Dmy.password=<redacted>", Secrets.shownArgument("-Dmy.password=x"));
  }

  @Test
  void profilesAreAsPprofReadsThem() throws Exception {
    for (String name : List.of("goroutine", "threadcreate", "heap")) {
      Profile profile = parsed(profile(ProfileCall.newBuilder().setProfile(name)));
      assertTrue(profile.getSampleCount() > 0, name);
      assertEquals("", profile.getStringTable(0));
      profile
          .getSampleList()
          .forEach(
              sample -> {
                assertEquals(profile.getSampleTypeCount(), sample.getValueCount());
                sample
                    .getLocationIdList()
                    .forEach(id -> assertTrue(id > 0 && id <= profile.getLocationCount()));
              });
    }
    String text =
        profile(ProfileCall.newBuilder().setProfile("goroutine").setDebug(1)).toStringUtf8();
    assertTrue(text.contains("DiagnosticsTest"), text);
  }

  @Test
  void seesWhatTheProcessorIsUsedFor() throws Exception {
    Thread busy = Thread.ofPlatform().daemon().start(DiagnosticsTest::burn);
    try {
      Profile profile =
          parsed(profile(ProfileCall.newBuilder().setProfile("profile").setSeconds(2)));
      assertTrue(
          profile.getStringTableList().stream().anyMatch(text -> text.endsWith(".burn")),
          () -> profile.getStringTableList().toString());
    } finally {
      busy.interrupt();
    }
  }

  private static void burn() {
    double sum = 0;
    while (!Thread.currentThread().isInterrupted()) {
      sum += Math.sqrt(sum + 1);
    }
  }

  @Test
  void takesARecording() throws Exception {
    ByteString recording = profile(ProfileCall.newBuilder().setProfile("trace").setSeconds(1));
    assertEquals("FLR", recording.substring(0, 3).toString(StandardCharsets.US_ASCII));
  }

  @Test
  void takesOneProfileAtATimeAndNoUnknownOne() throws Exception {
    Taker first = new Taker();
    Thread taking =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    diagnostics.answer(
                        ClientRequest.newBuilder()
                            .setProfile(
                                ProfileCall.newBuilder().setProfile("block").setSeconds(120))
                            .build(),
                        first);
                  } catch (Listener.Gone | InterruptedException e) {
                    first.frames.add(ClientFrame.getDefaultInstance());
                  }
                });
    await(() -> first.asked);
    Failure failure =
        assertThrows(
            Failure.class, () -> profile(ProfileCall.newBuilder().setProfile("threadcreate")));
    assertEquals(Kind.CONFLICT, failure.kind());
    first.gone = true;
    taking.join();
    profile(ProfileCall.newBuilder().setProfile("threadcreate"));
    assertEquals(
        Kind.NOT_FOUND,
        assertThrows(Failure.class, () -> profile(ProfileCall.newBuilder().setProfile("nope")))
            .kind());
    assertEquals(
        Kind.INVALID,
        assertThrows(
                Failure.class,
                () -> profile(ProfileCall.newBuilder().setProfile("trace").setSeconds(301)))
            .kind());
  }

  @Test
  void followsTheLogAndLetsItBeAsItWas() throws Exception {
    Logger own = Logger.getLogger("io.steppe");
    java.util.logging.Level before = own.getLevel();
    int effective = own.getEffectiveLevel();
    Taker taker = new Taker();
    Thread following = follow(MonitorCall.newBuilder().setLogLevel("debug"), taker);
    // Its parent says so a moment before.
    await(() -> LOG.isLoggable(Level.DEBUG));
    LOG.log(Level.DEBUG, "a debug line");
    String line = taker.lineWith("a debug line");
    assertTrue(line.contains("[DEBUG] io.steppe.test: a debug line"), line);
    taker.gone = true;
    following.join();
    assertEquals(before, own.getLevel());
    assertEquals(effective, own.getEffectiveLevel());
  }

  @Test
  void linesMayBeObjectsWithTheirPlace() throws Exception {
    Taker taker = new Taker();
    Thread following =
        follow(
            MonitorCall.newBuilder()
                .setLogLevel("warn")
                .setLogJson(true)
                .setLogIncludeLocation(true),
            taker);
    Thread logging =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (!taker.gone) {
                    LOG.log(Level.WARN, "a warning");
                    LOG.log(Level.INFO, "not of interest");
                    LockSupport.parkNanos(10_000_000);
                  }
                });
    String line = taker.lineWith("a warning");
    taker.gone = true;
    following.join();
    logging.join();
    assertTrue(line.startsWith("{\"@level\":\"warn\",\"@message\":\"a warning\""), line);
    assertTrue(line.contains("\"@caller\":\"DiagnosticsTest.java:"), line);
    assertFalse(line.contains("not of interest"));
  }

  @Test
  void whoReadsTooSlowlyIsToldHowMuchItMissed() throws Exception {
    Taker taker = new Taker();
    taker.stalled = true;
    Logger root = Logger.getLogger("");
    int handlers = root.getHandlers().length;
    Thread following = follow(MonitorCall.newBuilder().setLogLevel("warn"), taker);
    await(() -> root.getHandlers().length > handlers);
    for (int i = 0; i < 5000; i++) {
      LOG.log(Level.WARN, "line " + i);
    }
    taker.stalled = false;
    assertTrue(taker.lineWith("were dropped").contains("[WARN]"));
    taker.gone = true;
    following.join();
  }

  private interface Condition {
    boolean holds();
  }

  private static void await(Condition condition) throws InterruptedException {
    for (long end = System.nanoTime() + 20_000_000_000L; !condition.holds(); ) {
      assertTrue(System.nanoTime() < end, "not in time");
      Thread.sleep(5);
    }
  }
}
