package io.steppe.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request whose client hangs up once it has seen how the answer begins. It is sent as it is: no
 * library in between tidies it.
 *
 * @param frames texts that are sent over the WebSocket that it asks for; none where it is no such
 *     request
 */
record HangUp(URI base, String target, List<String> headers, List<String> frames) {
  private static final int ANSWERED_WITHIN_MILLIS = 30_000;
  private static final int MORE_WITHIN_MILLIS = 150;
  private static final int MOST = 64 << 10;
  private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");
  private static final String HEAD_END = "\r\n\r\n";

  /** The status, and what of the body came soon. */
  record Beginning(int status, String text) {}

  static HangUp of(String base, String target, List<String> headers) {
    return new HangUp(URI.create(base), target, headers, List.of());
  }

  static HangUp afterUpgrade(
      String base, String target, List<String> headers, List<String> frames) {
    return new HangUp(URI.create(base), target, headers, frames);
  }

  /** Whether what is asked for is none: the web server refuses it before anybody looks at it. */
  boolean isNoUri() {
    try {
      return new URI(target).isOpaque();
    } catch (URISyntaxException e) {
      return true;
    }
  }

  /** Whether a text stands in what is asked. */
  boolean says(String text) {
    return target.contains(text) || headers.toString().contains(text);
  }

  /**
   * Sends it, reads, and hangs up.
   *
   * @throws IOException when no answer begins in time
   */
  Beginning begin() throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(base.getHost(), base.getPort()));
      socket.setSoTimeout(ANSWERED_WITHIN_MILLIS);
      OutputStream out = socket.getOutputStream();
      out.write(head().getBytes(StandardCharsets.ISO_8859_1));
      ByteArrayOutputStream read = new ByteArrayOutputStream();
      InputStream in = socket.getInputStream();
      while (!text(read).contains(HEAD_END)) {
        read(in, read);
      }
      int end = text(read).indexOf(HEAD_END) + HEAD_END.length();
      int status = Integer.parseInt(text(read).substring("HTTP/1.1 ".length()).substring(0, 3));
      if (status == 101) {
        for (String frame : frames) {
          out.write(frame(frame));
        }
      }
      boolean whole = status >= 300;
      socket.setSoTimeout(whole ? ANSWERED_WITHIN_MILLIS : MORE_WITHIN_MILLIS);
      more(in, read, whole ? length(text(read), end) : end + 1);
      return new Beginning(status, text(read).substring(end));
    }
  }

  /** Where an answer ends that says how long it is; far away for one that ends by its end. */
  private static int length(String read, int bodyAt) {
    Matcher length = LENGTH.matcher(read.substring(0, bodyAt));
    return bodyAt + (length.find() ? Integer.parseInt(length.group(1)) : MOST);
  }

  private static void more(InputStream in, ByteArrayOutputStream read, int atLeast)
      throws IOException {
    try {
      while (read.size() < atLeast) {
        read(in, read);
      }
    } catch (SocketTimeoutException | EndException e) {
      // It has nothing more to say now.
    }
  }

  private static void read(InputStream in, ByteArrayOutputStream read) throws IOException {
    byte[] some = new byte[16 << 10];
    int length = in.read(some);
    if (length < 0) {
      throw new EndException(text(read));
    }
    read.write(some, 0, length);
  }

  private static final class EndException extends IOException {
    private static final long serialVersionUID = 1;

    EndException(String read) {
      super("ended after: " + read);
    }
  }

  private static String text(ByteArrayOutputStream read) {
    return read.toString(StandardCharsets.ISO_8859_1);
  }

  private String head() {
    StringBuilder head = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n");
    headers.forEach(header -> head.append(header).append("\r\n"));
    head.append(
        frames.isEmpty()
            ? "Connection: close\r\n"
            : "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\n");
    return head.append("\r\n").toString();
  }

  /** A text frame, masked by zeros. */
  private static byte[] frame(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer frame = ByteBuffer.allocate(bytes.length + 8);
    frame.put((byte) 0x81);
    if (bytes.length < 126) {
      frame.put((byte) (0x80 | bytes.length));
    } else {
      frame.put((byte) (0x80 | 126)).putShort((short) bytes.length);
    }
    frame.putInt(0).put(bytes);
    frame.flip();
    byte[] all = new byte[frame.remaining()];
    frame.get(all);
    return all;
  }

  @Override
  public String toString() {
    return "GET " + target + " " + headers.stream().filter(one -> !one.contains("Token")).toList();
  }
}
