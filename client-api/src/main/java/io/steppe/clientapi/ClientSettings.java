package io.steppe.clientapi;

import java.time.Duration;

/**
 * What calls of nodes keep to.
 *
 * @param patience how long an agent may take to say anything
 * @param heartbeat time between heartbeats of a stream of files or logs
 */
public record ClientSettings(Duration patience, Duration heartbeat) {}
