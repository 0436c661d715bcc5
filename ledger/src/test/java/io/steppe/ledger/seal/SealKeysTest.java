package io.steppe.ledger.seal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class SealKeysTest {
  private static final String OLD = "2026-01:" + key(1);
  private static final String NEW = "2026-02:" + key(2);
  private static final ByteString SECRET = ByteString.copyFromUtf8("a long random text");

  @Test
  void whatIsSealedOpensAtItsPlaceOnly() {
    SealKeys keys = SealKeys.of(List.of(OLD));
    Sealed sealed = keys.seal(SECRET, "sink/one");

    assertEquals(SECRET, keys.open(sealed, "sink/one"));
    assertThrows(CannotOpenException.class, () -> keys.open(sealed, "sink/other"));
  }

  @Test
  void theSameSecretIsNeverSealedTheSame() {
    SealKeys keys = SealKeys.of(List.of(OLD));
    assertNotEquals(keys.seal(SECRET, "sink/one"), keys.seal(SECRET, "sink/one"));
  }

  @Test
  void anotherBitDoesNotOpen() {
    SealKeys keys = SealKeys.of(List.of(OLD));
    Sealed sealed = keys.seal(SECRET, "sink/one");
    for (int i = 0; i < sealed.bytes().size(); i++) {
      byte[] bytes = sealed.bytes().toByteArray();
      bytes[i] ^= 1;
      Sealed changed = new Sealed(sealed.keyId(), ByteString.copyFrom(bytes));
      assertThrows(CannotOpenException.class, () -> keys.open(changed, "sink/one"));
    }
    Sealed cut = new Sealed(sealed.keyId(), sealed.bytes().substring(0, 20));
    assertThrows(CannotOpenException.class, () -> keys.open(cut, "sink/one"));
  }

  @Test
  void aNewKeySealsWhileTheOldOneStillOpens() {
    Sealed before = SealKeys.of(List.of(OLD)).seal(SECRET, "sink/one");
    SealKeys both = SealKeys.of(List.of(NEW, OLD));

    assertEquals(SECRET, both.open(before, "sink/one"));
    assertFalse(both.isCurrent(before));
    Sealed after = both.seal(both.open(before, "sink/one"), "sink/one");
    assertTrue(both.isCurrent(after));
    assertEquals(SECRET, SealKeys.of(List.of(NEW)).open(after, "sink/one"));
    assertThrows(
        CannotOpenException.class, () -> SealKeys.of(List.of(NEW)).open(before, "sink/one"));
  }

  @Test
  void whatIsNoKeyIsRefusedWithoutBeingShown() {
    String[] bad = {"nokey", "a:short", "a b:" + key(1), ":" + key(1), "a:" + key(1) + "AAAA"};
    for (String text : bad) {
      String message =
          assertThrows(IllegalArgumentException.class, () -> SealKeys.of(List.of(text)))
              .getMessage();
      assertFalse(message.contains(text.substring(text.indexOf(':') + 1)), message);
    }
    assertThrows(IllegalArgumentException.class, () -> SealKeys.of(List.of(OLD, OLD)));
    assertFalse(SealKeys.of(List.of(OLD)).toString().contains(key(1)));
  }

  @Test
  void withoutKeysNothingIsSealed() {
    SealKeys none = SealKeys.of(List.of());
    assertFalse(none.canSeal());
    assertThrows(IllegalStateException.class, () -> none.seal(SECRET, "sink/one"));
  }

  private static String key(int fill) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) fill);
    return Base64.getEncoder().encodeToString(bytes);
  }
}
