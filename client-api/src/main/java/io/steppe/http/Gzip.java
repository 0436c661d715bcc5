package io.steppe.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Compression of answers. Quick rather than small: inside a data centre the processor is dearer.
 */
public final class Gzip {
  private Gzip() {}

  /** The bytes compressed. */
  public static byte[] of(byte[] plain) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(Math.max(64, plain.length / 4));
    try (GZIPOutputStream gzip = new Fast(out)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException("Memory can't fail to be written", e);
    }
    return out.toByteArray();
  }

  /** A stream compressed piece by piece, each to be read at once. */
  public static final class Stream {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final GZIPOutputStream gzip;

    /** A new stream. */
    public Stream() {
      try {
        gzip = new Fast(out);
      } catch (IOException e) {
        throw new UncheckedIOException("Memory can't fail to be written", e);
      }
    }

    /** The piece compressed, all of it. */
    public byte[] add(byte[] piece) {
      try {
        gzip.write(piece);
        gzip.flush();
        return taken();
      } catch (IOException e) {
        throw new UncheckedIOException("Memory can't fail to be written", e);
      }
    }

    /** The end of the stream. */
    public byte[] end() {
      try {
        gzip.close();
        return taken();
      } catch (IOException e) {
        throw new UncheckedIOException("Memory can't fail to be written", e);
      }
    }

    private byte[] taken() {
      byte[] bytes = out.toByteArray();
      out.reset();
      return bytes;
    }
  }

  private static final class Fast extends GZIPOutputStream {
    private static final int BUFFER = 8192;

    Fast(ByteArrayOutputStream out) throws IOException {
      super(out, BUFFER, true);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
