package io.steppe.alloc.identity;

import com.google.protobuf.ByteString;
import io.quarkus.grpc.GrpcService;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.steppe.alloc.view.AllocView;
import io.steppe.alloc.view.Ids;
import io.steppe.alloc.view.Reads;
import io.steppe.ledger.Ledger;
import io.steppe.ledger.Tables;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.DeleteKeyReply;
import io.steppe.rpc.v1.DeleteKeyRequest;
import io.steppe.rpc.v1.IdentifyReply;
import io.steppe.rpc.v1.IdentifyRequest;
import io.steppe.rpc.v1.Identities;
import io.steppe.rpc.v1.IntroduceReply;
import io.steppe.rpc.v1.IntroduceRequest;
import io.steppe.rpc.v1.ListKeysReply;
import io.steppe.rpc.v1.ListKeysRequest;
import io.steppe.rpc.v1.PublicKeysReply;
import io.steppe.rpc.v1.PublicKeysRequest;
import io.steppe.rpc.v1.ReadIntroductionReply;
import io.steppe.rpc.v1.ReadIntroductionRequest;
import io.steppe.rpc.v1.RotateKeyReply;
import io.steppe.rpc.v1.RotateKeyRequest;
import io.steppe.rpc.v1.SignReply;
import io.steppe.rpc.v1.SignRequest;
import io.steppe.rpc.v1.StoredKey;
import java.time.InstantSource;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Identities and the keys they are signed with, as other services call them. */
@GrpcService
public class IdentityEndpoint implements Identities {
  private static final int MOST_WISHES = 1_000;

  private final Ledger<AllocView> ledger;
  private final NextKey next;
  private final WorkloadIdentities identities;
  private final Introductions introductions;
  private final Reads reads;
  private final InstantSource clock;

  public IdentityEndpoint(
      Ledger<AllocView> ledger,
      Keyring keyring,
      WorkloadIdentities identities,
      Introductions introductions,
      Reads reads,
      InstantSource clock,
      Supplier<RandomGenerator> random) {
    this.ledger = ledger;
    this.next =
        new NextKey(
            () -> keyring.make(Ids.from(random.get())), Infrastructure.getDefaultWorkerPool());
    this.identities = identities;
    this.introductions = introductions;
    this.reads = reads;
    this.clock = clock;
  }

  @Override
  public Uni<SignReply> sign(SignRequest call) {
    return look(
        view -> {
          Callers.required(call.getCaller());
          if (call.getWishesCount() > MOST_WISHES) {
            throw Failure.invalid("too many identities at once");
          }
          SignReply.Builder reply = SignReply.newBuilder();
          call.getWishesList()
              .forEach(
                  wish ->
                      reply.addSigned(
                          identities.sign(view, call.getNodeId(), wish, clock.instant())));
          return reply.build();
        });
  }

  @Override
  public Uni<PublicKeysReply> publicKeys(PublicKeysRequest call) {
    return look(
        view ->
            PublicKeysReply.newBuilder()
                .setJwks(ByteString.copyFromUtf8(Jwts.publicKeys(Keyring.all(view))))
                .build());
  }

  @Override
  public Uni<IdentifyReply> identify(IdentifyRequest call) {
    return look(view -> identities.identify(view, call.getJwt(), clock.instant()));
  }

  @Override
  public Uni<IntroduceReply> introduce(IntroduceRequest call) {
    return look(
        view -> {
          Callers.required(call.getCaller());
          return IntroduceReply.newBuilder()
              .setJwt(introductions.introduce(view, call, clock.instant()))
              .build();
        });
  }

  @Override
  public Uni<ReadIntroductionReply> readIntroduction(ReadIntroductionRequest call) {
    return look(view -> introductions.read(view, call.getJwt(), clock.instant()));
  }

  @Override
  public Uni<ListKeysReply> listKeys(ListKeysRequest call) {
    return reads
        .read(call.getRead())
        .map(
            read -> {
              ListKeysReply.Builder reply =
                  ListKeysReply.newBuilder().setMeta(read.meta(Tables.ROOT_KEYS));
              Keyring.all(read.view()).forEach(key -> reply.addKeys(key.getMeta()));
              return reply.build();
            })
        .onFailure()
        .transform(error -> Failure.of(error).toStatus());
  }

  @Override
  public Uni<RotateKeyReply> rotateKey(RotateKeyRequest call) {
    return Uni.createFrom()
        .deferred(
            () -> {
              Callers.required(call.getCaller());
              return next.take();
            })
        .chain(key -> rotate(call.getCaller().getRequestId(), key))
        .onFailure()
        .transform(error -> Failure.of(error).toStatus());
  }

  private Uni<RotateKeyReply> rotate(String requestId, StoredKey key) {
    return ledger.commit(requestId, RotateKeyReply.parser(), RotateKey.always(key));
  }

  @Override
  public Uni<DeleteKeyReply> deleteKey(DeleteKeyRequest call) {
    return Uni.createFrom()
        .deferred(
            () ->
                ledger.commit(
                    Callers.required(call.getCaller()).getRequestId(),
                    DeleteKeyReply.parser(),
                    new DeleteKey(call.getKeyId())))
        .onFailure()
        .transform(error -> Failure.of(error).toStatus());
  }

  /** Signing takes a millisecond or so: not on the event loop. */
  private <T> Uni<T> look(Function<AllocView, T> answer) {
    return ledger
        .latest()
        .emitOn(Infrastructure.getDefaultWorkerPool())
        .map(snapshot -> answer.apply(snapshot.view()))
        .onFailure()
        .transform(error -> Failure.of(error).toStatus());
  }
}
