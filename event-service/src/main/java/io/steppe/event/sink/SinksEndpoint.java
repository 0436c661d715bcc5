package io.steppe.event.sink;

import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.DeleteSinkReply;
import io.steppe.rpc.v1.ListSinksReply;
import io.steppe.rpc.v1.ListSinksRequest;
import io.steppe.rpc.v1.PutSinkRequest;
import io.steppe.rpc.v1.SinkReply;
import io.steppe.rpc.v1.SinkRequest;
import io.steppe.rpc.v1.SinksGrpc;
import java.util.concurrent.Callable;

/** The sinks, as calls. */
@GrpcService
public class SinksEndpoint extends SinksGrpc.SinksImplBase {
  private final SinkBook sinks;

  public SinksEndpoint(SinkBook sinks) {
    this.sinks = sinks;
  }

  @Override
  public void list(ListSinksRequest request, StreamObserver<ListSinksReply> reply) {
    answer(reply, () -> ListSinksReply.newBuilder().addAllSinks(sinks.all()).build());
  }

  @Override
  public void get(SinkRequest request, StreamObserver<SinkReply> reply) {
    answer(reply, () -> SinkReply.newBuilder().setSink(sinks.get(request.getId())).build());
  }

  @Override
  public void put(PutSinkRequest request, StreamObserver<SinkReply> reply) {
    answer(reply, () -> SinkReply.newBuilder().setSink(sinks.put(request.getSink())).build());
  }

  @Override
  public void delete(SinkRequest request, StreamObserver<DeleteSinkReply> reply) {
    answer(
        reply,
        () -> {
          sinks.delete(request.getId());
          return DeleteSinkReply.getDefaultInstance();
        });
  }

  /** The database is asked on a thread that may block. */
  private static <T> void answer(StreamObserver<T> reply, Callable<T> call) {
    Thread.ofVirtual()
        .name("sinks-call")
        .start(
            () -> {
              try {
                reply.onNext(call.call());
                reply.onCompleted();
              } catch (Exception e) {
                reply.onError(Failure.of(e).toStatus());
              }
            });
  }
}
