package io.steppe.agent.docker;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * One HTTP call over a Unix socket, on a connection of its own. The body is read as it comes;
 * closing the call, from any thread, ends it.
 */
final class EngineCall implements AutoCloseable {
  private static final int BUFFER = 64 << 10;
  private static final int LONGEST_LINE = 16 << 10;
  private static final int MOST_HEADERS = 100;

  private final SocketChannel channel;
  private final InputStream in;
  private final Set<EngineCall> open;
  private final Future<?> deadline;
  private volatile boolean late;
  private int status;
  private final Map<String, String> headers = new HashMap<>();
  private InputStream body = InputStream.nullInputStream();

  /**
   * Sends a request and reads the head of the answer.
   *
   * @param open where the call is while it is not closed
   * @param limit for the whole call; zero for one that streams
   */
  EngineCall(
      Path socket,
      Set<EngineCall> open,
      ScheduledExecutorService timer,
      Duration limit,
      String request,
      Map<String, String> more,
      byte[] content)
      throws IOException {
    this.channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    this.open = open;
    this.deadline =
        limit.isZero()
            ? timer.schedule(() -> {}, 0, TimeUnit.MILLISECONDS)
            : timer.schedule(this::expire, limit.toMillis(), TimeUnit.MILLISECONDS);
    this.in = new BufferedInputStream(new ChannelInput(), BUFFER);
    open.add(this);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      var head = new StringBuilder(request).append(" HTTP/1.1\r\nHost: docker\r\n");
      more.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
      if (!more.containsKey("Connection")) {
        head.append("Connection: close\r\n");
      }
      head.append("Content-Length: ").append(content.length).append("\r\n\r\n");
      send(head.toString().getBytes(StandardCharsets.US_ASCII));
      send(content);
      readHead();
    } catch (IOException e) {
      close();
      throw late ? new IOException("the engine does not answer in time", e) : e;
    }
  }

  private void expire() {
    late = true;
    close();
  }

  private void readHead() throws IOException {
    String[] first = line().split(" ", 3);
    if (first.length < 2 || !first[0].startsWith("HTTP/1.")) {
      throw new IOException("the engine does not speak HTTP");
    }
    status = Integer.parseInt(first[1]);
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      if (colon > 0 && headers.size() < MOST_HEADERS) {
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }
    if (status == 101) {
      body = in;
    } else if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
      body = new Chunks();
    } else if (headers.containsKey("content-length")) {
      body = new Limited(Long.parseLong(headers.get("content-length")));
    } else if (status != 204 && status != 304) {
      body = in;
    }
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the engine hung up");
      }
      if (line.length() > LONGEST_LINE) {
        throw new IOException("the engine's answer has no end of line");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  int status() {
    return status;
  }

  /** The answer's body, or the raw stream after an upgrade. */
  InputStream body() {
    return body;
  }

  /** Reads the whole body, up to a size. */
  byte[] bytes(int limit) throws IOException {
    try {
      byte[] all = body.readNBytes(limit);
      if (all.length == limit) {
        throw new IOException("the engine's answer is too large");
      }
      return all;
    } catch (IOException e) {
      throw late ? new IOException("the engine does not answer in time", e) : e;
    }
  }

  /** Sends more, on an upgraded connection. */
  void send(byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  void endInput() throws IOException {
    channel.shutdownOutput();
  }

  @Override
  public void close() {
    deadline.cancel(false);
    open.remove(this);
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing is kept in it.
    }
  }

  private final class ChannelInput extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return length == 0 ? 0 : channel.read(ByteBuffer.wrap(bytes, offset, length));
    }
  }

  /** So many bytes and no more. */
  private final class Limited extends InputStream {
    private long left;

    Limited(long length) {
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left <= 0) {
        return -1;
      }
      int count = in.read(bytes, offset, (int) Math.min(length, left));
      if (count < 0) {
        throw new EOFException("the engine hung up");
      }
      left -= count;
      return count;
    }
  }

  private final class Chunks extends InputStream {
    private long left;
    private boolean first = true;
    private boolean over;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left == 0 && !over) {
        next();
      }
      if (over) {
        return -1;
      }
      int count = in.read(bytes, offset, (int) Math.min(length, left));
      if (count < 0) {
        throw new EOFException("the engine hung up");
      }
      left -= count;
      return count;
    }

    private void next() throws IOException {
      if (!first) {
        line();
      }
      first = false;
      String size = line().split(";", 2)[0].strip();
      try {
        left = Long.parseLong(size, 16);
      } catch (NumberFormatException e) {
        throw new IOException("the engine's answer has a chunk of size " + size, e);
      }
      over = left == 0;
    }
  }
}
