package io.steppe.event.archive;

import com.google.protobuf.ByteString;
import io.steppe.event.archive.ArchiveFile.Damaged;
import io.steppe.event.proto.v1.ArchiveHeader;
import io.steppe.event.proto.v1.SealedProof;
import io.steppe.ledger.seal.CannotOpenException;
import io.steppe.ledger.seal.SealKeys;
import io.steppe.ledger.seal.Sealed;

/**
 * Shows in an archive which key opens its secrets, so that a region without it is told before it
 * has them.
 *
 * @param keys that this region seals with
 */
record ArchiveSeal(SealKeys keys) {
  private static final String PLACE = "archive";
  private static final ByteString SAID = ByteString.copyFromUtf8("steppe");

  /** Adds the proof; nothing where there is no key, and so no secret. */
  void prove(ArchiveHeader.Builder header) {
    if (keys.canSeal()) {
      Sealed sealed = keys.seal(SAID, PLACE);
      header.setProof(SealedProof.newBuilder().setKeyId(sealed.keyId()).setSealed(sealed.bytes()));
    }
  }

  /**
   * Looks whether what is sealed in an archive can be opened here.
   *
   * @throws Damaged when it can't
   */
  void check(ArchiveHeader header) throws Damaged {
    if (!header.hasProof()) {
      return;
    }
    SealedProof proof = header.getProof();
    try {
      keys.open(new Sealed(proof.getKeyId(), proof.getSealed()), PLACE);
    } catch (CannotOpenException e) {
      throw new Damaged(
          "its secrets are sealed with the key %s of steppe.seal.keys, which is not here: set it,"
                  .formatted(proof.getKeyId())
              + " or restore with keep_sealed=true and set it later");
    }
  }
}
