package io.steppe.agent.gc;

import java.time.Duration;

/**
 * When folders of finished allocations go.
 *
 * @param interval between two looks at the disk
 * @param diskUsage percent of the file system's bytes in use above which they go
 * @param inodeUsage the same of its inodes
 * @param maxAllocs allocations the node knows, running ones too, above which they go
 * @param parallelDestroys folders removed at a time
 */
public record GcSettings(
    Duration interval, double diskUsage, double inodeUsage, int maxAllocs, int parallelDestroys) {}
