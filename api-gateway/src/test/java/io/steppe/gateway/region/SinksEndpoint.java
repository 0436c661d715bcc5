package io.steppe.gateway.region;

import io.grpc.stub.StreamObserver;
import io.steppe.proto.v1.EventSink;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.DeleteSinkReply;
import io.steppe.rpc.v1.ListSinksReply;
import io.steppe.rpc.v1.ListSinksRequest;
import io.steppe.rpc.v1.PutSinkRequest;
import io.steppe.rpc.v1.SinkReply;
import io.steppe.rpc.v1.SinkRequest;
import io.steppe.rpc.v1.SinksGrpc;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** Sinks that nothing is delivered to. */
final class SinksEndpoint extends SinksGrpc.SinksImplBase {
  private final Map<String, EventSink> sinks = new ConcurrentSkipListMap<>();

  @Override
  public void list(ListSinksRequest request, StreamObserver<ListSinksReply> reply) {
    reply.onNext(ListSinksReply.newBuilder().addAllSinks(sinks.values()).build());
    reply.onCompleted();
  }

  @Override
  public void get(SinkRequest request, StreamObserver<SinkReply> reply) {
    EventSink sink = sinks.get(request.getId());
    if (sink == null) {
      reply.onError(Failure.notFound("event sink not found").toStatus());
      return;
    }
    reply.onNext(SinkReply.newBuilder().setSink(sink).build());
    reply.onCompleted();
  }

  @Override
  public void put(PutSinkRequest request, StreamObserver<SinkReply> reply) {
    if (request.getSink().getAddress().isEmpty()) {
      reply.onError(Failure.invalid("invalid Address: must be an http or https URL").toStatus());
      return;
    }
    EventSink sink = request.getSink().toBuilder().clearSecret().build();
    sinks.put(sink.getId(), sink);
    reply.onNext(SinkReply.newBuilder().setSink(sink).build());
    reply.onCompleted();
  }

  @Override
  public void delete(SinkRequest request, StreamObserver<DeleteSinkReply> reply) {
    if (sinks.remove(request.getId()) == null) {
      reply.onError(Failure.notFound("event sink not found").toStatus());
      return;
    }
    reply.onNext(DeleteSinkReply.getDefaultInstance());
    reply.onCompleted();
  }
}
