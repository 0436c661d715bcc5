package io.steppe.alloc.evaluation;

import java.time.Instant;

/**
 * Who decides evaluations, one at a time.
 *
 * @param paused it decides none for now
 * @param busy it decides one now
 */
public record Worker(String id, Instant startedAt, boolean paused, boolean busy) {}
