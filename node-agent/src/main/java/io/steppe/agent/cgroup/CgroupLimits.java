package io.steppe.agent.cgroup;

import java.util.List;

/**
 * What the processes of a group may use together; zero and empty mean no limit.
 *
 * @param cpuShares weight against others, 1024 for one core's worth by custom
 * @param cpuQuota processors it may use at most, as a fraction of one
 * @param memoryMax bytes; above them a process of the group is killed
 * @param memoryReserved bytes that are not taken from it while others have more than theirs
 * @param pids processes and threads at a time
 * @param cores that it runs on alone
 */
public record CgroupLimits(
    long cpuShares,
    double cpuQuota,
    long memoryMax,
    long memoryReserved,
    long pids,
    List<Integer> cores) {
  public static final CgroupLimits NONE = new CgroupLimits(0, 0, 0, 0, 0, List.of());
}
