package io.steppe.http.route;

/** What answers of a route have in common with those of others. */
public enum Trait {
  /** Carries {@code X-Nomad-Index}. */
  INDEXED,
  /** Waits for a change with {@code index} and {@code wait}; {@code stale} is understood. */
  BLOCKING,
  /** A list with {@code prefix}, {@code filter}, {@code per_page} and the like. */
  PAGED,
  /** About one namespace, or with {@code *} about all that may be seen: {@code namespace}. */
  NAMESPACED,
  /** Goes on until its reader has enough. */
  ENDLESS
}
