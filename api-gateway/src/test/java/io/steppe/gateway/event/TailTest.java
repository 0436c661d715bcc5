package io.steppe.gateway.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TailTest {
  private long most = 25;
  private final Tail tail = new Tail(10, () -> most);

  private void add(long... indexes) {
    Piece.Builder piece = new Piece.Builder();
    for (long index : indexes) {
      piece.part(("line" + index + "\n").getBytes(StandardCharsets.UTF_8));
      piece.line(index);
    }
    tail.add(piece.build());
  }

  private String read(long from) {
    Tail.Found.Lines lines = assertInstanceOf(Tail.Found.Lines.class, tail.from(from));
    return lines.bytes().toString(StandardCharsets.UTF_8).replace("\n", " ") + lines.last();
  }

  @Test
  void aReaderGetsWholeLinesFromItsIndexOn() {
    add(10);
    add(12, 15);
    assertEquals("line10 line12 line15 15", read(10));
    assertEquals("line12 line15 15", read(11));
    assertEquals("line15 15", read(13));
    assertInstanceOf(Tail.Found.Nothing.class, tail.from(16));
  }

  @Test
  void whoIsBehindWhatIsKeptIsToldSo() {
    add(10, 11);
    add(12, 13);
    assertInstanceOf(Tail.Found.Gone.class, tail.from(11));
    assertFalse(tail.holds(11));
    assertTrue(tail.holds(12));
    assertEquals("line12 line13 13", read(12));
    assertInstanceOf(Tail.Found.Gone.class, new Tail(10, () -> 20).from(9));
  }

  @Test
  void whatIsKeptShrinksWithItsBound() {
    add(10, 11);
    most = 10;
    add(12);
    assertFalse(tail.holds(11));
    assertEquals("line12 12", read(12));
  }

  @Test
  void whoListensHearsOfWhatComesAndOfTheEnd() {
    AtomicInteger heard = new AtomicInteger();
    tail.onChange(heard::incrementAndGet);
    add(20);
    assertEquals(1, heard.get());
    assertEquals("line20 20", read(10));
    tail.end("restored");
    assertEquals(2, heard.get());
  }

  @Test
  void linesOfManySlabsComeOneAfterTheOther() {
    Tail large = new Tail(1, () -> 10 << 20);
    StringBuilder all = new StringBuilder();
    for (int i = 1; i <= 300; i++) {
      String line = ("line" + i).repeat(500) + "\n";
      Piece.Builder piece = new Piece.Builder();
      piece.part(line.getBytes(StandardCharsets.UTF_8));
      piece.line(i);
      large.add(piece.build());
      all.append(line);
    }
    StringBuilder read = new StringBuilder();
    long next = 1;
    while (large.from(next) instanceof Tail.Found.Lines(ByteBuf bytes, long last)) {
      read.append(bytes.duplicate().toString(StandardCharsets.UTF_8));
      next = last + 1;
    }
    assertEquals(all.toString(), read.toString());
    assertEquals(301, next);
  }

  @Test
  void itsEndComesAfterItsLines() {
    add(10);
    tail.end("restored");
    assertEquals("line10 10", read(10));
    assertEquals(new Tail.Found.Ended("restored"), tail.from(11));
    assertFalse(tail.holds(11));
  }
}
