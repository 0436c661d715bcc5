package io.steppe.clientapi;

import java.time.Duration;

/**
 * What calls of nodes keep to.
 *
 * @param served whether the routes are there at all
 * @param patience how long an agent may take to say anything
 * @param heartbeat time between heartbeats of a stream of files or logs
 */
public record ClientSettings(boolean served, Duration patience, Duration heartbeat) {}
