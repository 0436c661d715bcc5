package io.steppe.http;

/**
 * What the edge keeps to.
 *
 * @param region that is served; requests for another are refused
 * @param bodyLimit bytes of the largest body of a request
 * @param bodiesLimit bytes of all bodies that are read or worked on at once
 */
public record EdgeSettings(String region, long bodyLimit, long bodiesLimit) {}
