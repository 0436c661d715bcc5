package io.steppe.gateway.region;

import io.grpc.stub.StreamObserver;
import io.steppe.proto.v1.AutopilotConfiguration;
import io.steppe.proto.v1.FederatedRegion;
import io.steppe.proto.v1.SchedulerConfiguration;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.GetSettingsReply;
import io.steppe.rpc.v1.GetSettingsRequest;
import io.steppe.rpc.v1.PutRegionRequest;
import io.steppe.rpc.v1.RegionSettingsGrpc;
import io.steppe.rpc.v1.SetAutopilotRequest;
import io.steppe.rpc.v1.SetSchedulerRequest;
import io.steppe.rpc.v1.SetSettingReply;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Settings in memory. */
final class SettingsEndpoint extends RegionSettingsGrpc.RegionSettingsImplBase {
  private final List<FederatedRegion> regions = new CopyOnWriteArrayList<>();
  private SchedulerConfiguration scheduler =
      SchedulerConfiguration.newBuilder().setSchedulerAlgorithm("binpack").build();
  private AutopilotConfiguration autopilot =
      AutopilotConfiguration.newBuilder().setLastContactThreshold("200ms").build();
  private long index = 5;

  @Override
  public synchronized void get(GetSettingsRequest request, StreamObserver<GetSettingsReply> out) {
    out.onNext(
        GetSettingsReply.newBuilder()
            .setScheduler(scheduler)
            .setAutopilot(autopilot)
            .addAllRegions(regions)
            .build());
    out.onCompleted();
  }

  @Override
  public synchronized void setScheduler(
      SetSchedulerRequest request, StreamObserver<SetSettingReply> out) {
    if (request.getConfiguration().getSchedulerAlgorithm().equals("nope")) {
      out.onError(Failure.invalid("invalid scheduler algorithm: nope").toStatus());
      return;
    }
    boolean set = !request.hasIfIndex() || request.getIfIndex() == scheduler.getModifyIndex();
    if (set) {
      scheduler = request.getConfiguration().toBuilder().setModifyIndex(++index).build();
    }
    done(out, set);
  }

  @Override
  public synchronized void setAutopilot(
      SetAutopilotRequest request, StreamObserver<SetSettingReply> out) {
    autopilot = request.getConfiguration();
    done(out, true);
  }

  @Override
  public synchronized void putRegion(
      PutRegionRequest request, StreamObserver<SetSettingReply> out) {
    regions.removeIf(known -> known.getName().equals(request.getRegion().getName()));
    regions.add(request.getRegion());
    done(out, true);
  }

  private void done(StreamObserver<SetSettingReply> out, boolean set) {
    out.onNext(SetSettingReply.newBuilder().setIndex(index).setUpdated(set).build());
    out.onCompleted();
  }
}
