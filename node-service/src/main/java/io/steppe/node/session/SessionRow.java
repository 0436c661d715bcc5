package io.steppe.node.session;

/**
 * Who is responsible for a node: told to all replicas by a row outside the log.
 *
 * @param replica id of the replica
 * @param generation of the replica's lease
 * @param epoch goes up with every session of the node
 */
public record SessionRow(String nodeId, String replica, long generation, long epoch) {}
