package io.steppe.gateway.answer;

import io.steppe.http.Gzip;

/** An answer as it goes out, and for when it is true. Compressed when first asked for so. */
public final class Encoded {
  private final long index;
  private final long epoch;
  private final String nextToken;
  private final String namespace;
  private final byte[] plain;
  private volatile byte[] gzip;

  Encoded(long index, long epoch, String nextToken, String namespace, byte[] plain) {
    this.index = index;
    this.epoch = epoch;
    this.nextToken = nextToken;
    this.namespace = namespace;
    this.plain = plain;
  }

  /** Index of the table it was read from. */
  public long index() {
    return index;
  }

  /** Epoch of the log it was read from. */
  public long epoch() {
    return epoch;
  }

  /** Where the next page starts; empty when there is none. */
  public String nextToken() {
    return nextToken;
  }

  /** Namespace of the one object that it is; empty for what is in none, or in many. */
  String namespace() {
    return namespace;
  }

  /** The bytes. */
  public byte[] plain() {
    return plain;
  }

  /** The bytes compressed. */
  public byte[] gzip() {
    if (gzip == null) {
      compress();
    }
    return gzip;
  }

  boolean isCompressed() {
    return gzip != null;
  }

  /** Bytes of memory it takes. */
  int size() {
    byte[] compressed = gzip;
    return plain.length + (compressed == null ? 0 : compressed.length);
  }

  private synchronized void compress() {
    if (gzip == null) {
      gzip = Gzip.of(plain);
    }
  }
}
