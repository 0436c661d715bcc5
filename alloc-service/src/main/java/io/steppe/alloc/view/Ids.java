package io.steppe.alloc.view;

import io.steppe.rpc.Failure;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Ids of objects, and what is said of those that are none. */
public final class Ids {
  private static final int LENGTH = 36;
  private static final int MAX_HYPHENS = 4;

  private Ids() {}

  /** A new id from a source of randomness. */
  public static String from(RandomGenerator random) {
    return new UUID(random.nextLong() & ~0xF000L | 0x4000L, random.nextLong() >>> 2 | 1L << 63)
        .toString();
  }

  /**
   * @param what "alloc", "eval"
   * @return why this is no whole id, or empty
   */
  public static Optional<Failure> malformed(String what, String id) {
    return id.length() == LENGTH
        ? malformedPrefix(what, id)
        : Optional.of(invalid(what, "UUID must be 36 characters"));
  }

  /** Why no id can start like this, or empty. */
  public static Optional<Failure> malformedPrefix(String what, String prefix) {
    long hyphens = prefix.chars().filter(c -> c == '-').count();
    if (hyphens > MAX_HYPHENS) {
      return Optional.of(invalid(what, "UUID should have maximum of 4 \"-\"; got " + hyphens));
    }
    var digits = prefix.replace("-", "");
    if (digits.length() % 2 != 0) {
      return Optional.of(invalid(what, "Input (without hyphens) must be even length"));
    }
    return digits
        .codePoints()
        .filter(c -> Character.digit(c, 16) < 0)
        .boxed()
        .findFirst()
        .map(
            c ->
                invalid(
                    what,
                    "Invalid UUID: encoding/hex: invalid byte: U+%04X '%s'"
                        .formatted(c, Character.toString(c))));
  }

  private static Failure invalid(String what, String why) {
    return Failure.invalid(what + " lookup failed: index error: " + why);
  }
}
