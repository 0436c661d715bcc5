package io.steppe.gateway.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TailTest {
  private static final Duration NO_TIME = Duration.ZERO;

  private final Tail tail = new Tail(10, 25);

  private void add(long... indexes) {
    Piece.Builder piece = new Piece.Builder();
    for (long index : indexes) {
      piece.part(("line" + index + "\n").getBytes(StandardCharsets.UTF_8));
      piece.line(index);
    }
    tail.add(piece.build());
  }

  private String read(long from) throws InterruptedException {
    Tail.Found.Lines lines =
        assertInstanceOf(Tail.Found.Lines.class, tail.from(from, Duration.ofSeconds(10)));
    return lines.bytes().toString(StandardCharsets.UTF_8).replace("\n", " ") + lines.last();
  }

  @Test
  void aReaderGetsWholeLinesFromItsIndexOn() throws Exception {
    add(10);
    add(12, 15);
    assertEquals("line10 line12 line15 15", read(10));
    assertEquals("line12 line15 15", read(11));
    assertEquals("line15 15", read(13));
    assertInstanceOf(Tail.Found.Nothing.class, tail.from(16, NO_TIME));
  }

  @Test
  void whoIsBehindWhatIsKeptIsToldSo() throws Exception {
    add(10, 11);
    add(12, 13);
    assertInstanceOf(Tail.Found.Gone.class, tail.from(11, NO_TIME));
    assertFalse(tail.holds(11));
    assertTrue(tail.holds(12));
    assertEquals("line12 line13 13", read(12));
    assertInstanceOf(Tail.Found.Gone.class, new Tail(10, 20).from(9, NO_TIME));
  }

  @Test
  void aReaderThatWaitsIsWoken() throws Exception {
    Thread adding = Thread.startVirtualThread(() -> add(20));
    assertEquals("line20 20", read(10));
    adding.join();
  }

  @Test
  void itsEndComesAfterItsLines() throws Exception {
    add(10);
    tail.end("restored");
    assertEquals("line10 10", read(10));
    assertEquals(new Tail.Found.Ended("restored"), tail.from(11, NO_TIME));
    assertFalse(tail.holds(11));
  }
}
