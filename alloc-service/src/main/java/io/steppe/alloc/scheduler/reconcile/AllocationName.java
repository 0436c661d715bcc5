package io.steppe.alloc.scheduler.reconcile;

import io.steppe.proto.v1.Allocation;

/** Names of allocations: {@code job.group[index]}. */
public final class AllocationName {
  private AllocationName() {}

  /** The name of an allocation of a group. */
  public static String of(String jobId, String group, int index) {
    return jobId + "." + group + "[" + index + "]";
  }

  /** The index in a name; 0 where there is none. */
  public static int index(String name) {
    int open = name.lastIndexOf('[');
    if (open < 0 || !name.endsWith("]") || name.length() - open > 12) {
      return 0;
    }
    int index = 0;
    for (int i = open + 1; i < name.length() - 1; i++) {
      int digit = name.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return 0;
      }
      index = Math.max(0, index * 10 + digit);
    }
    return index;
  }

  static int indexOf(Allocation allocation) {
    return index(allocation.getName());
  }
}
