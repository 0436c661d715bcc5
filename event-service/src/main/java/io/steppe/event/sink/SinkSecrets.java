package io.steppe.event.sink;

import com.google.protobuf.ByteString;
import io.steppe.ledger.seal.CannotOpenException;
import io.steppe.ledger.seal.SealKeys;
import io.steppe.ledger.seal.Sealed;
import io.steppe.rpc.Failure;

/** Seals the secrets of sinks before they are stored, and opens them to sign with. */
record SinkSecrets(SealKeys keys) {

  /**
   * Seals a secret.
   *
   * @throws Failure INVALID where this replica has no key
   */
  Sealed seal(String id, String secret) {
    if (!keys.canSeal()) {
      throw Failure.invalid("event-service has no key to seal a Secret with: set steppe.seal.keys");
    }
    return keys.seal(ByteString.copyFromUtf8(secret), place(id));
  }

  /**
   * A sink's secret.
   *
   * @throws CannotOpenException where its key is not here
   */
  String open(Sink sink) {
    return switch (sink.secret()) {
      case StoredSecret.Open(String text) -> text;
      case StoredSecret.Closed(Sealed sealed) -> keys.open(sealed, place(sink.id())).toStringUtf8();
    };
  }

  /** Whether it is to be sealed anew: it lies open, or a newer key seals by now. */
  boolean isOutdated(Sink sink) {
    return keys.canSeal()
        && switch (sink.secret()) {
          case StoredSecret.Open _ -> true;
          case StoredSecret.Closed(Sealed sealed) -> !keys.isCurrent(sealed);
        };
  }

  private static String place(String id) {
    return "sink/" + id;
  }
}
