package io.steppe.gateway.federation;

import io.steppe.gateway.GatewaySettings;
import io.steppe.gateway.cluster.Membership;
import io.steppe.gateway.service.Calls;
import io.steppe.http.OtherRegions;
import io.steppe.proto.v1.FederatedRegion;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.Caller;
import io.steppe.rpc.v1.GetSettingsRequest;
import io.steppe.rpc.v1.PutRegionRequest;
import io.steppe.rpc.v1.ReadOptions;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/** The regions that are known here, and where requests for them go. */
@ApplicationScoped
public class Regions implements OtherRegions {
  private static final Duration SOON = Duration.ofSeconds(3);
  private static final Duration KEPT = Duration.ofSeconds(2);

  private final Calls calls;
  private final InstantSource clock;
  private final String own;
  private volatile Known known = new Known(Instant.MIN, List.of());

  private record Known(Instant until, List<FederatedRegion> regions) {}

  Regions(Calls calls, InstantSource clock, GatewaySettings settings) {
    this.calls = calls.within(SOON);
    this.clock = clock;
    own = settings.region();
  }

  /** The region that this gateway serves. */
  public String own() {
    return own;
  }

  /** Names of all regions, in order: those known last while nobody can tell. */
  public List<String> names() {
    List<FederatedRegion> others;
    try {
      others = read();
    } catch (Failure failure) {
      others = known.regions();
    }
    return Stream.concat(Stream.of(own), others.stream().map(FederatedRegion::getName))
        .distinct()
        .sorted()
        .toList();
  }

  @Override
  public List<String> gateways(String region) {
    Known last = known;
    List<FederatedRegion> regions =
        clock.instant().isBefore(last.until()) ? last.regions() : read();
    return regions.stream()
        .filter(one -> one.getName().equals(region))
        .flatMap(one -> one.getAddressesList().stream())
        .toList();
  }

  /** Remembers a gateway of another region. */
  public void join(Caller caller, String region, String address) {
    PutRegionRequest request =
        PutRegionRequest.newBuilder()
            .setCaller(caller)
            .setRegion(FederatedRegion.newBuilder().setName(region).addAddresses(address))
            .build();
    calls.settings(stub -> stub.putRegion(request));
    known = new Known(Instant.MIN, List.of());
  }

  /**
   * @throws Failure UNAVAILABLE when alloc-service does not answer
   */
  private List<FederatedRegion> read() {
    GetSettingsRequest request =
        GetSettingsRequest.newBuilder()
            .setRead(ReadOptions.newBuilder().setCaller(Callers.service(Membership.SERVICE)))
            .build();
    List<FederatedRegion> regions = calls.settings(stub -> stub.get(request)).getRegionsList();
    known = new Known(clock.instant().plus(KEPT), regions);
    return regions;
  }
}
