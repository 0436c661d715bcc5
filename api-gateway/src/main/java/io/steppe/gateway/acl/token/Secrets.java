package io.steppe.gateway.acl.token;

import jakarta.enterprise.context.ApplicationScoped;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.UUID;

/** Makes what nobody can guess. */
@ApplicationScoped
public class Secrets {
  private static final int ID_BYTES = 16;

  private final SecureRandom random = new SecureRandom();

  /** A random UUID, as ids and secrets of tokens are. */
  public String uuid() {
    ByteBuffer bits = ByteBuffer.wrap(bytes(ID_BYTES));
    return new UUID(bits.getLong(), bits.getLong()).toString();
  }

  /** Random bytes. */
  public byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
