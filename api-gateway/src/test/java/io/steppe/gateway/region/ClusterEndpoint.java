package io.steppe.gateway.region;

import io.grpc.stub.StreamObserver;
import io.steppe.rpc.v1.ClusterGrpc;
import io.steppe.rpc.v1.Member;
import io.steppe.rpc.v1.MembersReply;
import io.steppe.rpc.v1.MembersRequest;
import io.steppe.rpc.v1.RenewRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

final class ClusterEndpoint extends ClusterGrpc.ClusterImplBase {
  private final Region region;
  private final Map<String, Member> renewed = new ConcurrentHashMap<>();

  ClusterEndpoint(Region region) {
    this.region = region;
  }

  @Override
  public void members(MembersRequest request, StreamObserver<MembersReply> out) {
    Member self =
        Member.newBuilder()
            .setId("event-service-0")
            .setService("event-service")
            .setAddress(region.address())
            .setAlive(true)
            .build();
    out.onNext(
        MembersReply.newBuilder()
            .addMembers(self)
            .addAllMembers(renewed.values())
            .setIndex(region.index())
            .setEpoch(Region.EPOCH)
            .build());
    out.onCompleted();
  }

  @Override
  public void renew(RenewRequest request, StreamObserver<MembersReply> out) {
    renewed.put(request.getMember().getId(), request.getMember());
    members(MembersRequest.getDefaultInstance(), out);
  }
}
