package io.steppe.event.member;

import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.steppe.event.log.LogView;
import io.steppe.event.service.EventSettings;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.PostgresReplicas;
import io.steppe.ledger.Replicas;
import io.steppe.ledger.Snapshot;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ClusterGrpc;
import io.steppe.rpc.v1.ForgetMemberReply;
import io.steppe.rpc.v1.ForgetMemberRequest;
import io.steppe.rpc.v1.Member;
import io.steppe.rpc.v1.MembersReply;
import io.steppe.rpc.v1.MembersRequest;
import io.steppe.rpc.v1.RenewRequest;
import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** Who there is in the region. */
@GrpcService
public class ClusterEndpoint extends ClusterGrpc.ClusterImplBase {
  private static final int POSTGRES = 5432;

  private final PostgresReplicas replicas;
  private final Ledger<LogView> ledger;
  private final DataSource database;
  private final String databaseAddress;

  public ClusterEndpoint(
      PostgresReplicas replicas,
      Ledger<LogView> ledger,
      DataSource database,
      EventSettings settings) {
    this.replicas = replicas;
    this.ledger = ledger;
    this.database = database;
    URI url = URI.create(settings.database().url());
    databaseAddress = url.getHost() + ":" + (url.getPort() < 0 ? POSTGRES : url.getPort());
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

  @Override
  public void forget(ForgetMemberRequest request, StreamObserver<ForgetMemberReply> reply) {
    Thread.ofVirtual()
        .name("forget-member")
        .start(
            () -> {
              try {
                Callers.required(request.getCaller());
                forget(request.getId());
                reply.onNext(ForgetMemberReply.getDefaultInstance());
                reply.onCompleted();
              } catch (SQLException e) {
                reply.onError(Failure.unavailable("PostgreSQL does not answer").toStatus());
              } catch (Failure failure) {
                reply.onError(failure.toStatus());
              }
            });
  }

  /** Removes the record of a replica, if its lease has ended. */
  private void forget(String id) throws SQLException {
    try (Connection connection = database.getConnection();
        PreparedStatement delete =
            connection.prepareStatement(
                "delete from ledger.replicas where id = ? and lease_until < clock_timestamp()")) {
      delete.setString(1, id);
      if (delete.executeUpdate() == 0) {
        boolean alive = replicas.members().stream().anyMatch(one -> one.id().equals(id));
        throw alive
            ? Failure.conflict("member " + id + " is alive: it leaves when it stops")
            : Failure.notFound("no member is called " + id);
      }
    }
  }

  private MembersReply reply(List<Replicas.Member> members) {
    Snapshot<LogView> at = ledger.snapshot();
    MembersReply.Builder reply =
        MembersReply.newBuilder()
            .setIndex(at.index())
            .setEpoch(at.epoch())
            .setDatabase(databaseAddress);
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
