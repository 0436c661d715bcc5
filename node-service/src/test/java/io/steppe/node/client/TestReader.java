package io.steppe.node.client;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.steppe.node.session.Eventually;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.ClientUp;
import io.steppe.rpc.v1.ClientsGrpc;
import io.steppe.rpc.v1.ExecInput;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A reader of an agent's answer, as the gateway is one. */
final class TestReader implements ClientResponseObserver<ClientUp, ClientFrame>, AutoCloseable {
  private final ManagedChannel channel;
  private final List<ClientFrame> frames = new CopyOnWriteArrayList<>();
  private ClientCallStreamObserver<ClientUp> up;
  private volatile Optional<Status> ended = Optional.empty();

  TestReader(int port, ClientRequest request) {
    channel = NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    ClientsGrpc.newStub(channel).open(this);
    up.onNext(ClientUp.newBuilder().setRequest(request).build());
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<ClientUp> stream) {
    up = stream;
  }

  void credit(int bytes) {
    up.onNext(ClientUp.newBuilder().setCredit(bytes).build());
  }

  void input(ExecInput input) {
    up.onNext(ClientUp.newBuilder().setInput(input).build());
  }

  void goAway() {
    up.cancel("enough", null);
  }

  @Override
  public void onNext(ClientFrame frame) {
    frames.add(frame);
  }

  @Override
  public void onError(Throwable error) {
    ended = Optional.of(Status.fromThrowable(error));
  }

  @Override
  public void onCompleted() {
    ended = Optional.of(Status.OK);
  }

  List<ClientFrame> frames() {
    return frames;
  }

  void awaitFrames(int count) {
    Eventually.await(count + " frames", () -> frames.size() >= count);
  }

  Status awaitEnd() {
    Eventually.await("end of the call", () -> ended.isPresent());
    return ended.orElseThrow();
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
