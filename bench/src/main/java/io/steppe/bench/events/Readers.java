package io.steppe.bench.events;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Many clients of the event stream on one thread. Some measure each line; the others count bytes,
 * so that the readers cost less than what they measure.
 */
final class Readers implements AutoCloseable {
  private static final int BUFFER = 1 << 20;
  private static final byte[] HEAD_END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Selector selector;
  private final List<Reader> readers = new ArrayList<>();
  private final Thread thread;
  private volatile boolean over;

  /** One client. */
  private static final class Reader {
    private final SocketChannel channel;
    private final MeasuredLines lines;
    private int headEnd;
    private volatile long bytes;

    Reader(SocketChannel channel, MeasuredLines lines) {
      this.channel = channel;
      this.lines = lines;
    }

    /** Reads what there is; false at the end. */
    boolean read(ByteBuffer buffer) throws IOException {
      buffer.clear();
      int read = channel.read(buffer);
      if (read < 0) {
        return false;
      }
      buffer.flip();
      while (headEnd < HEAD_END.length && buffer.hasRemaining()) {
        byte next = buffer.get();
        headEnd = next == HEAD_END[headEnd] ? headEnd + 1 : next == HEAD_END[0] ? 1 : 0;
      }
      bytes += buffer.remaining();
      if (lines != null) {
        lines.add(buffer);
      }
      return true;
    }
  }

  /**
   * Connects clients.
   *
   * @param measuring how many of them measure
   */
  Readers(int port, String path, int count, int measuring) throws IOException {
    selector = Selector.open();
    for (int i = 0; i < count; i++) {
      SocketChannel channel = SocketChannel.open();
      channel.setOption(StandardSocketOptions.SO_RCVBUF, 256 << 10);
      channel.connect(new InetSocketAddress("127.0.0.1", port));
      String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
      channel.configureBlocking(false);
      Reader reader = new Reader(channel, i < measuring ? new MeasuredLines() : null);
      readers.add(reader);
      channel.register(selector, SelectionKey.OP_READ, reader);
    }
    thread = Thread.ofPlatform().name("readers").start(this::run);
  }

  /** Bytes each client was sent, headers not counted. */
  List<Long> bytes() {
    return readers.stream().map(reader -> reader.bytes).toList();
  }

  /** What the measuring clients saw. */
  List<MeasuredLines> measured() {
    return readers.stream().filter(reader -> reader.lines != null).map(r -> r.lines).toList();
  }

  private void run() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    try {
      while (!over) {
        selector.select(
            key -> {
              try {
                if (!((Reader) key.attachment()).read(buffer)) {
                  key.cancel();
                }
              } catch (IOException broken) {
                key.cancel();
              }
            },
            100);
      }
    } catch (IOException e) {
      throw new IllegalStateException("The readers failed", e);
    }
  }

  @Override
  public void close() throws IOException {
    over = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (Reader reader : readers) {
      reader.channel.close();
    }
    selector.close();
  }
}
