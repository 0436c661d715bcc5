package io.steppe.alloc.setting;

import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Uni;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Reads;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.FederatedRegion;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.Caller;
import io.steppe.rpc.v1.GetSettingsReply;
import io.steppe.rpc.v1.GetSettingsRequest;
import io.steppe.rpc.v1.PutRegionRequest;
import io.steppe.rpc.v1.RegionSettings;
import io.steppe.rpc.v1.SetAutopilotRequest;
import io.steppe.rpc.v1.SetSchedulerRequest;
import io.steppe.rpc.v1.SetSettingReply;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;

/** What operators set for the region, as other services call it. */
@GrpcService
public class SettingsEndpoint implements RegionSettings {
  private static final Set<String> ALGORITHMS = Set.of("", "binpack", "spread");

  private final Ledger<AllocView> ledger;
  private final Reads reads;

  public SettingsEndpoint(Ledger<AllocView> ledger, Reads reads) {
    this.ledger = ledger;
    this.reads = reads;
  }

  @Override
  public Uni<GetSettingsReply> get(GetSettingsRequest call) {
    return reads
        .read(call.getRead())
        .map(
            read -> {
              var settings = read.view().settings();
              return GetSettingsReply.newBuilder()
                  .setMeta(read.meta(Tables.SETTINGS))
                  .setScheduler(settings.scheduler())
                  .setAutopilot(settings.autopilot())
                  .addAllRegions(
                      settings.regions().values().stream()
                          .sorted(Comparator.comparing(FederatedRegion::getName))
                          .toList())
                  .build();
            })
        .onFailure()
        .transform(SettingsEndpoint::status);
  }

  @Override
  public Uni<SetSettingReply> setScheduler(SetSchedulerRequest call) {
    String algorithm = call.getConfiguration().getSchedulerAlgorithm();
    if (!ALGORITHMS.contains(algorithm)) {
      return refused("invalid scheduler algorithm: " + algorithm);
    }
    return commit(
        call.getCaller(),
        new SetScheduler(
            call.getConfiguration(),
            call.hasIfIndex() ? Optional.of(call.getIfIndex()) : Optional.empty()));
  }

  @Override
  public Uni<SetSettingReply> setAutopilot(SetAutopilotRequest call) {
    return commit(
        call.getCaller(),
        new SetAutopilot(
            call.getConfiguration(),
            call.hasIfIndex() ? Optional.of(call.getIfIndex()) : Optional.empty()));
  }

  @Override
  public Uni<SetSettingReply> putRegion(PutRegionRequest call) {
    if (!call.getRegion().getName().matches("[A-Za-z0-9._-]{1,128}")) {
      return refused("invalid name of a region");
    }
    return commit(call.getCaller(), new PutRegion(call.getRegion()));
  }

  private Uni<SetSettingReply> commit(
      Caller caller, Decision<AllocView, SetSettingReply> decision) {
    return Uni.createFrom()
        .deferred(
            () ->
                ledger.commit(
                    Callers.required(caller).getRequestId(), SetSettingReply.parser(), decision))
        .onFailure()
        .transform(SettingsEndpoint::status);
  }

  private static Uni<SetSettingReply> refused(String why) {
    return Uni.createFrom().failure(Failure.invalid(why).toStatus());
  }

  private static Throwable status(Throwable failure) {
    return Failure.of(failure).toStatus();
  }
}
