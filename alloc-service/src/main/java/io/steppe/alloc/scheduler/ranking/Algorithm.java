package io.steppe.alloc.scheduler.ranking;

/** Which of two nodes with room is the better one, as far as room goes. */
public enum Algorithm {
  /** The fuller one, so that others stay free. */
  BINPACK,
  /** The emptier one, so that load is even. */
  SPREAD;

  /** As a pool's configuration names it; bin-packing where it names none. */
  public static Algorithm of(String name) {
    return name.equals("spread") ? SPREAD : BINPACK;
  }
}
