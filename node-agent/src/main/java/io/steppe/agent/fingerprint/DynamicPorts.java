package io.steppe.agent.fingerprint;

/**
 * The ports of a node that tasks get which ask for any.
 *
 * @param min the first
 * @param max the last
 */
public record DynamicPorts(int min, int max) {
  private static final int LAST_PORT = 65_535;

  public DynamicPorts {
    if (min < 1 || max > LAST_PORT || min > max) {
      throw new IllegalArgumentException(
          "steppe.agent.min-dynamic-port ("
              + min
              + ") and max-dynamic-port ("
              + max
              + ") must be ports, the first not above the second");
    }
  }
}
