package io.steppe.gateway;

import io.steppe.gateway.region.Region;
import io.steppe.gateway.region.RegionResource;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.TaskGroup;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What is in the region that tests begin with. */
public final class Scene {
  public static final Region REGION = RegionResource.REGION;
  public static final String NODE = "11111111-1111-1111-1111-111111111111";
  public static final String OTHER_NODE = "22222222-2222-2222-2222-222222222222";
  public static final String ALLOCATION = "aaaaaaaa-1111-1111-1111-111111111111";
  public static final String EVALUATION = "eeeeeeee-1111-1111-1111-111111111111";
  public static final String UNKNOWN = "99999999-9999-9999-9999-999999999999";

  private static final Duration SOON = Duration.ofSeconds(10);

  private Scene() {}

  /** Puts it there. */
  public static void set() {
    REGION.put(
        Node.newBuilder().setId(NODE).setName("one").setSchedulingEligibility("eligible").build());
    REGION.put(
        Node.newBuilder()
            .setId(OTHER_NODE)
            .setName("two")
            .setSchedulingEligibility("eligible")
            .build());
    REGION.put(job("web"));
    REGION.put(
        Allocation.newBuilder()
            .setId(ALLOCATION)
            .setNamespace("default")
            .setJobId("web")
            .setNodeId(NODE)
            .build());
  }

  /** A job of a name. */
  public static Job job(String id) {
    return Job.newBuilder()
        .setId(id)
        .setNamespace("default")
        .addTaskGroups(TaskGroup.newBuilder().setName("g"))
        .build();
  }

  /** Waits until it is so. */
  public static void eventually(BooleanSupplier condition) {
    long end = System.nanoTime() + SOON.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("It did not come about within " + SOON);
      }
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
  }
}
