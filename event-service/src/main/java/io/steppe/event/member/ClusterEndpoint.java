package io.steppe.event.member;

import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.steppe.event.log.LogView;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.PostgresReplicas;
import io.steppe.ledger.Replicas;
import io.steppe.ledger.Snapshot;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ClusterGrpc;
import io.steppe.rpc.v1.Member;
import io.steppe.rpc.v1.MembersReply;
import io.steppe.rpc.v1.MembersRequest;
import io.steppe.rpc.v1.RenewRequest;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Who there is in the region. */
@GrpcService
public class ClusterEndpoint extends ClusterGrpc.ClusterImplBase {
  private final PostgresReplicas replicas;
  private final Ledger<LogView> ledger;

  public ClusterEndpoint(PostgresReplicas replicas, Ledger<LogView> ledger) {
    this.replicas = replicas;
    this.ledger = ledger;
  }

  @Override
  public void members(MembersRequest request, StreamObserver<MembersReply> reply) {
    reply.onNext(reply(replicas.all()));
    reply.onCompleted();
  }

  @Override
  public void renew(RenewRequest request, StreamObserver<MembersReply> reply) {
    Member member = request.getMember();
    if (member.getId().isEmpty() || member.getService().isEmpty()) {
      reply.onError(Failure.invalid("a member has an id and a service").toStatus());
      return;
    }
    replicas
        .renew(
            new Replicas.Self(
                member.getId(),
                member.getService(),
                member.getAddress(),
                member.getVersion(),
                instant(member.getStartedAt())))
        .subscribe()
        .with(
            members -> {
              reply.onNext(reply(members));
              reply.onCompleted();
            },
            failure -> reply.onError(Failure.of(failure).toStatus()));
  }

  private MembersReply reply(List<Replicas.Member> members) {
    Snapshot<LogView> at = ledger.snapshot();
    MembersReply.Builder reply =
        MembersReply.newBuilder().setIndex(at.index()).setEpoch(at.epoch());
    members.forEach(member -> reply.addMembers(message(member)));
    return reply.build();
  }

  private static Member message(Replicas.Member member) {
    return Member.newBuilder()
        .setId(member.id())
        .setService(member.service())
        .setAddress(member.address())
        .setVersion(member.version())
        .setStartedAt(nanos(member.startedAt()))
        .setLeaseUntil(nanos(member.leaseUntil()))
        .setAlive(member.alive())
        .build();
  }

  private static long nanos(Instant instant) {
    return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
  }

  private static Instant instant(long nanos) {
    return Instant.ofEpochSecond(0, nanos);
  }
}
