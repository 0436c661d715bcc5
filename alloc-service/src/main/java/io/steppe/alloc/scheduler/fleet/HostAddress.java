package io.steppe.alloc.scheduler.fleet;

import java.util.BitSet;

/**
 * An address of a node that ports can be given on.
 *
 * @param network the host network it belongs to ("default" where nothing was configured)
 * @param ip the address
 * @param reserved ports the node keeps on it; not to be changed
 */
public record HostAddress(String network, String ip, BitSet reserved) {}
