package io.steppe.gateway;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.eclipse.microprofile.config.ConfigProvider;

/** A request and its answer as they are on the wire. */
final class RawConnection implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int RECEIVE_BUFFER = 64 << 10;

  private final Socket socket = new Socket();
  private final InputStream in;

  private RawConnection(String request) throws IOException {
    socket.setReceiveBufferSize(RECEIVE_BUFFER);
    socket.setSoTimeout((int) PATIENCE.toMillis());
    socket.connect(new InetSocketAddress("127.0.0.1", port()));
    socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    in = new BufferedInputStream(socket.getInputStream());
  }

  static RawConnection get(String path, String... headers) throws IOException {
    StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    for (String header : headers) {
      request.append(header).append("\r\n");
    }
    return new RawConnection(request.append("\r\n").toString());
  }

  static RawConnection getGzip(String path) throws IOException {
    return new RawConnection(
        "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n");
  }

  static int port() {
    return ConfigProvider.getConfig().getValue("quarkus.http.test-port", Integer.class);
  }

  /** Status line and headers, the empty line included. */
  String head() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) next());
    }
    return head.toString();
  }

  /** So many bytes of what follows. */
  String read(int bytes) throws IOException {
    return new String(in.readNBytes(bytes), StandardCharsets.UTF_8);
  }

  /** What follows up to a newline, which is taken as well. */
  String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = next(); next != '\n'; next = next()) {
      line.write(next);
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  /** What follows up to the end of the chunk, its size taken away. */
  String chunk() throws IOException {
    int size = Integer.parseInt(line().strip(), 16);
    String chunk = read(size);
    line();
    return chunk;
  }

  /** Whether the other side has nothing more. */
  boolean isAtEnd() throws IOException {
    return in.read() < 0;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private int next() throws IOException {
    int next = in.read();
    if (next < 0) {
      throw new EOFException();
    }
    return next;
  }
}
