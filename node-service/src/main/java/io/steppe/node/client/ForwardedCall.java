package io.steppe.node.client;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.ClientUp;
import io.steppe.rpc.v1.ClientsGrpc;
import io.steppe.rpc.v1.ExecInput;

/**
 * A call passed on to the replica that has the node's session. It ends with its reader; a replica
 * that can't be reached fails it at once, one that stopped within the keep-alive's time.
 */
final class ForwardedCall implements ClientResponseObserver<ClientUp, ClientFrame>, Leg {
  private final ServerCallStreamObserver<ClientFrame> reader;
  private ClientCallStreamObserver<ClientUp> up;
  private boolean answered;

  ForwardedCall(ServerCallStreamObserver<ClientFrame> reader) {
    this.reader = reader;
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<ClientUp> stream) {
    up = stream;
  }

  /** Asks the replica. */
  static Leg begin(
      ManagedChannel replica, ClientRequest request, ServerCallStreamObserver<ClientFrame> reader) {
    ForwardedCall call = new ForwardedCall(reader);
    ClientsGrpc.newStub(replica).open(call);
    ClientRequest once = request.toBuilder().setForwarded(true).build();
    call.send(ClientUp.newBuilder().setRequest(once).build());
    return call;
  }

  private synchronized void send(ClientUp message) {
    up.onNext(message);
  }

  @Override
  public void onNext(ClientFrame frame) {
    answered = true;
    reader.onNext(frame);
  }

  @Override
  public void onError(Throwable error) {
    Failure failure = Failure.of(error);
    boolean unreachable = failure.kind() == Kind.UNAVAILABLE && !answered;
    if (!reader.isCancelled()) {
      reader.onError(
          unreachable
              ? ClientsEndpoint.noPath().toStatus()
              : Status.fromThrowable(error).asRuntimeException());
    }
  }

  @Override
  public void onCompleted() {
    reader.onCompleted();
  }

  @Override
  public void credit(int bytes) {
    send(ClientUp.newBuilder().setCredit(bytes).build());
  }

  @Override
  public void input(ExecInput input) {
    send(ClientUp.newBuilder().setInput(input).build());
  }

  @Override
  public void cancel() {
    up.cancel("the reader is gone", null);
  }
}
