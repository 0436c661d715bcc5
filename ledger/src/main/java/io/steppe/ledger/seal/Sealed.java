package io.steppe.ledger.seal;

import com.google.protobuf.ByteString;

/**
 * A secret as it may be stored.
 *
 * @param keyId of the key that opens it
 * @param bytes nonce, then ciphertext with its tag
 */
public record Sealed(String keyId, ByteString bytes) {}
