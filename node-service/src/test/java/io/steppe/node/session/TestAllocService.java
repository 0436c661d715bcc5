package io.steppe.node.session;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.steppe.rpc.Channels;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.AllocationsGrpc;
import io.steppe.rpc.v1.UpdateFromClientReply;
import io.steppe.rpc.v1.UpdateFromClientRequest;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** An alloc-service that takes updates, or not, as a test wants. */
final class TestAllocService extends AllocationsGrpc.AllocationsImplBase implements AutoCloseable {
  private final List<UpdateFromClientRequest> requests = new CopyOnWriteArrayList<>();
  private final Server server;
  private final ManagedChannel channel;
  private volatile Function<UpdateFromClientRequest, Optional<Failure>> answer =
      _ -> Optional.empty();

  TestAllocService() throws IOException {
    server = NettyServerBuilder.forPort(0).addService(this).build().start();
    channel = Channels.open("127.0.0.1:" + server.getPort());
  }

  ManagedChannel channel() {
    return channel;
  }

  List<UpdateFromClientRequest> requests() {
    return requests;
  }

  void answerWith(Function<UpdateFromClientRequest, Optional<Failure>> wanted) {
    answer = wanted;
  }

  @Override
  public void updateFromClient(
      UpdateFromClientRequest request, StreamObserver<UpdateFromClientReply> reply) {
    requests.add(request);
    Optional<Failure> failure = answer.apply(request);
    if (failure.isPresent()) {
      reply.onError(failure.get().toStatus());
      return;
    }
    reply.onNext(UpdateFromClientReply.newBuilder().setIndex(requests.size()).build());
    reply.onCompleted();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    server.shutdownNow();
  }
}
