package io.steppe.agent.driver;

/**
 * What drivers of this machine may do.
 *
 * @param cgroupParent where tasks' control groups go, from the root of all groups
 */
public record DriverSettings(String cgroupParent, ExecSettings exec) {
  /** The settings of an agent that sets nothing. */
  public static DriverSettings defaults() {
    return new DriverSettings("steppe.slice", ExecSettings.defaults());
  }
}
