package io.steppe.agent.driver;

/** How much of the machine's file system a driver's tasks see. */
public enum Isolation {
  /** All of it: a task's folders are where the agent has them. */
  NONE,
  /** The task's folder as root, with the machine's programs in it. */
  CHROOT,
  /** An image of its own; the machine's environment means nothing there. */
  IMAGE
}
