package io.steppe.node.session;

import java.util.Optional;

/**
 * A node is this replica's now.
 *
 * @param epoch of the new session
 * @param previous id of the replica whose it was; empty for a node that was nobody's
 */
public record Claim(long epoch, Optional<String> previous) {}
