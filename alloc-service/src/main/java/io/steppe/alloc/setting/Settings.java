package io.steppe.alloc.setting;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.steppe.proto.v1.AutopilotConfiguration;
import io.steppe.proto.v1.FederatedRegion;
import io.steppe.proto.v1.PreemptionConfig;
import io.steppe.proto.v1.SchedulerConfiguration;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * What operators set for the region.
 *
 * @param scheduler how jobs are placed
 * @param autopilot kept and given back; nothing here needs a pilot
 * @param regions other regions, by name
 */
public record Settings(
    SchedulerConfiguration scheduler,
    AutopilotConfiguration autopilot,
    PMap<String, FederatedRegion> regions) {
  static final String SCHEDULER = "scheduler";
  static final String AUTOPILOT = "autopilot";
  private static final String REGION = "region/";

  /** What holds until somebody sets something else. */
  public static final Settings NONE =
      new Settings(
          SchedulerConfiguration.newBuilder()
              .setSchedulerAlgorithm("binpack")
              .setPreemptionConfig(PreemptionConfig.newBuilder().setSystemSchedulerEnabled(true))
              .build(),
          AutopilotConfiguration.newBuilder()
              .setCleanupDeadServers(true)
              .setLastContactThreshold("200ms")
              .setMaxTrailingLogs(250)
              .setServerStabilizationTime("10s")
              .build(),
          HashTreePMap.empty());

  /** The key of a region's row. */
  static String key(FederatedRegion region) {
    return REGION + region.getName();
  }

  /** With a stored setting. */
  public Settings with(String key, ByteString object) throws InvalidProtocolBufferException {
    return switch (key) {
      case SCHEDULER -> new Settings(SchedulerConfiguration.parseFrom(object), autopilot, regions);
      case AUTOPILOT -> new Settings(scheduler, AutopilotConfiguration.parseFrom(object), regions);
      default -> {
        var region = FederatedRegion.parseFrom(object);
        yield new Settings(scheduler, autopilot, regions.plus(region.getName(), region));
      }
    };
  }

  /** Without one: what holds then. */
  public Settings without(String key) {
    return switch (key) {
      case SCHEDULER -> new Settings(NONE.scheduler, autopilot, regions);
      case AUTOPILOT -> new Settings(scheduler, NONE.autopilot, regions);
      default -> new Settings(scheduler, autopilot, regions.minus(key.substring(REGION.length())));
    };
  }
}
