package io.steppe.event.sink;

import io.steppe.ledger.seal.Sealed;

/** A sink's secret as it is stored; in no answer, log or error. */
sealed interface StoredSecret {
  /** As it was stored before there was a key to seal with. */
  record Open(String text) implements StoredSecret {
    @Override
    public String toString() {
      return "open";
    }
  }

  /** Sealed. */
  record Closed(Sealed sealed) implements StoredSecret {}
}
