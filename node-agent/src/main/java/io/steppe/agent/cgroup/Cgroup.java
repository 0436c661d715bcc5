package io.steppe.agent.cgroup;

import io.steppe.agent.stats.Reading;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A group of processes that are accounted for, limited and killed together. */
public sealed interface Cgroup permits CgroupOne, CgroupTwo {
  /** Makes the group, or gives one that is there other limits. */
  void make(CgroupLimits limits) throws IOException;

  boolean exists();

  /** Files a process writes 0 to in order to enter the group. */
  List<Path> entrances();

  /** Its processes; none when there is no such group. */
  List<Long> processes();

  /** Kills all of them, and what they start meanwhile. */
  void kill() throws IOException;

  /** Removes the group, which must be empty. */
  void remove();

  /** What it has used; empty when there is no such group. */
  Optional<Reading> reading();

  /** Whether the kernel killed one of its processes for want of memory. */
  boolean outOfMemory();
}
