package io.steppe.gateway.region;

import io.grpc.stub.StreamObserver;
import io.steppe.rpc.v1.CollectGarbageReply;
import io.steppe.rpc.v1.CollectGarbageRequest;
import io.steppe.rpc.v1.GarbageCollectionGrpc;

/** Here nothing is ever over. */
final class GarbageEndpoint extends GarbageCollectionGrpc.GarbageCollectionImplBase {
  @Override
  public void collect(CollectGarbageRequest request, StreamObserver<CollectGarbageReply> out) {
    out.onNext(CollectGarbageReply.getDefaultInstance());
    out.onCompleted();
  }
}
