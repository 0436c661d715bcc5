package io.steppe.node.client;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.steppe.ledger.Replicas.Member;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.ClientUp;
import io.steppe.rpc.v1.ClientsGrpc;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Calls passed on to the replica that has the node's session. They end with their reader; a replica
 * that can't be reached fails them at once, one that stopped within the keep-alive's time.
 */
public final class Peers implements AutoCloseable {
  private static final int MAX_CHANNELS = 64;
  private static final int WINDOW_BYTES = 1 << 20;
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(20);
  private static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofSeconds(5);

  private final Map<String, ManagedChannel> channels =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ManagedChannel> eldest) {
          boolean tooMany = size() > MAX_CHANNELS;
          if (tooMany) {
            eldest.getValue().shutdown();
          }
          return tooMany;
        }
      };

  Leg ask(Member replica, ClientRequest request, ServerCallStreamObserver<ClientFrame> reader) {
    ForwardedCall call = new ForwardedCall(reader);
    ClientsGrpc.newStub(channel(replica.address())).open(call);
    call.begin(request.toBuilder().setForwarded(true).build());
    return call;
  }

  private synchronized ManagedChannel channel(String address) {
    return channels.computeIfAbsent(
        address,
        target ->
            NettyChannelBuilder.forTarget(target)
                .usePlaintext()
                .flowControlWindow(WINDOW_BYTES)
                .keepAliveTime(KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT.toSeconds(), TimeUnit.SECONDS)
                .build());
  }

  @Override
  public synchronized void close() {
    channels.values().forEach(ManagedChannel::shutdownNow);
    channels.clear();
  }

  private static final class ForwardedCall
      implements ClientResponseObserver<ClientUp, ClientFrame>, Leg {
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

    synchronized void begin(ClientRequest request) {
      up.onNext(ClientUp.newBuilder().setRequest(request).build());
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
    public synchronized void credit(int bytes) {
      up.onNext(ClientUp.newBuilder().setCredit(bytes).build());
    }

    @Override
    public void cancel() {
      up.cancel("the reader is gone", null);
    }
  }
}
