package io.steppe.cluster;

/**
 * The ports that an agent gives to tasks which ask for any: all agents are on this machine, and the
 * scheduler takes each for a machine of its own.
 *
 * @param min the first
 * @param max the last
 */
record TaskPorts(int min, int max) {
  /** As an agent that is alone on its machine has them. */
  private static final TaskPorts ALL = new TaskPorts(20_000, 32_000);

  /**
   * An agent's share.
   *
   * @param agent its number, from 0
   * @param agents how many there are, far less than there are ports
   */
  static TaskPorts of(int agent, int agents) {
    int share = (ALL.max - ALL.min + 1) / agents;
    int first = ALL.min + agent * share;
    return new TaskPorts(first, agent == agents - 1 ? ALL.max : first + share - 1);
  }
}
