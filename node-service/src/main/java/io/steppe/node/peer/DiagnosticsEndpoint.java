package io.steppe.node.peer;

import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.steppe.diagnostics.DiagnosticsCalls;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientUp;
import io.steppe.rpc.v1.DiagnosticsGrpc;

/** What this process tells of itself. */
@GrpcService
public class DiagnosticsEndpoint extends DiagnosticsGrpc.DiagnosticsImplBase {
  private final DiagnosticsCalls calls = new DiagnosticsCalls();

  @Override
  public StreamObserver<ClientUp> open(StreamObserver<ClientFrame> frames) {
    return calls.open(frames);
  }
}
