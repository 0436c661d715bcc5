package io.steppe.node.node;

import io.grpc.stub.ServerCallStreamObserver;
import io.steppe.proto.v1.NodeListStub;
import io.steppe.rpc.v1.ListNodesReply;
import io.steppe.rpc.v1.ReadMeta;
import java.util.Collection;
import java.util.Iterator;
import java.util.Optional;

/** A list sent in messages under 1 MiB, each when the transport takes it. Thread-safe. */
final class ChunkedList {
  private static final int MAX_BYTES = 768 << 10;

  private final ServerCallStreamObserver<ListNodesReply> out;
  private Optional<Iterator<NodeListStub>> nodes = Optional.empty();
  private Optional<ReadMeta> meta = Optional.empty();
  private Optional<NodeListStub> held = Optional.empty();

  /** Made while the call begins: later no handler can be set. */
  ChunkedList(ServerCallStreamObserver<ListNodesReply> out) {
    this.out = out;
    out.setOnReadyHandler(this::send);
    out.setOnCancelHandler(this::forget);
  }

  synchronized void begin(ReadMeta first, Collection<NodeListStub> all) {
    meta = Optional.of(first);
    nodes = Optional.of(all.iterator());
    send();
  }

  private synchronized void send() {
    while (nodes.isPresent() && out.isReady() && !out.isCancelled()) {
      out.onNext(chunk(nodes.get()));
      if (!nodes.get().hasNext() && held.isEmpty()) {
        nodes = Optional.empty();
        out.onCompleted();
      }
    }
  }

  private synchronized void forget() {
    nodes = Optional.empty();
    held = Optional.empty();
  }

  private ListNodesReply chunk(Iterator<NodeListStub> left) {
    ListNodesReply.Builder reply = ListNodesReply.newBuilder();
    meta.ifPresent(reply::setMeta);
    meta = Optional.empty();
    held.ifPresent(reply::addNodes);
    int bytes = held.map(NodeListStub::getSerializedSize).orElse(0);
    held = Optional.empty();
    while (left.hasNext()) {
      NodeListStub node = left.next();
      bytes += node.getSerializedSize();
      if (bytes > MAX_BYTES && reply.getNodesCount() > 0) {
        held = Optional.of(node);
        return reply.build();
      }
      reply.addNodes(node);
    }
    return reply.build();
  }
}
