package io.steppe.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.steppe.rpc.v1.ClusterGrpc;
import io.steppe.rpc.v1.MembersReply;
import io.steppe.rpc.v1.MembersRequest;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ChannelsTest {
  @Test
  void spreadsCallsOverReplicas() throws Exception {
    Server one = server(0, new Numbered(1));
    Server two = server(0, new Numbered(2));
    ManagedChannel channel =
        Channels.open("127.0.0.1:" + one.getPort() + ", 127.0.0.1:" + two.getPort());
    try {
      Set<Long> seen = new HashSet<>();
      while (seen.size() < 2) {
        seen.add(ask(channel));
      }
      assertEquals(Set.of(1L, 2L), seen);
    } finally {
      end(channel, one, two);
    }
  }

  @Test
  void waitsForAReplicaThatComesBack() throws Exception {
    int port = freePort();
    ManagedChannel channel = Channels.open("127.0.0.1:" + port);
    Server first = server(port, new Numbered(1));
    try {
      assertEquals(1, ask(channel));
      first.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
      var answer = CompletableFuture.supplyAsync(() -> ask(channel));
      Server second = server(port, new Numbered(2));
      assertEquals(2, answer.get(15, TimeUnit.SECONDS));
      second.shutdownNow();
    } finally {
      end(channel, first);
    }
  }

  @Test
  void triesAgainWhatIsUnavailable() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    Server server =
        server(
            0,
            new ClusterGrpc.ClusterImplBase() {
              @Override
              public void members(MembersRequest request, StreamObserver<MembersReply> answer) {
                if (calls.incrementAndGet() < 3) {
                  answer.onError(Failure.unavailable("starting").toStatus());
                } else {
                  answer.onNext(MembersReply.newBuilder().setIndex(7).build());
                  answer.onCompleted();
                }
              }
            });
    ManagedChannel channel = Channels.open("127.0.0.1:" + server.getPort());
    try {
      assertEquals(7, ask(channel));
      assertEquals(3, calls.get());
    } finally {
      end(channel, server);
    }
  }

  @Test
  void carriesKindAndTextOfAFailure() throws Exception {
    Server server =
        server(
            0,
            new ClusterGrpc.ClusterImplBase() {
              @Override
              public void members(MembersRequest request, StreamObserver<MembersReply> answer) {
                answer.onError(Failure.notFound("node not found").toStatus());
              }
            });
    ManagedChannel channel = Channels.open("127.0.0.1:" + server.getPort());
    try {
      Failure failure = Failure.of(assertThrows(StatusRuntimeException.class, () -> ask(channel)));
      assertEquals(Kind.NOT_FOUND, failure.kind());
      assertEquals("node not found", failure.getMessage());
    } finally {
      end(channel, server);
    }
  }

  @Test
  void everyKindSurvivesTheWire() {
    for (Kind kind : Kind.values()) {
      assertEquals(kind, Kind.of(kind.code()));
      assertEquals(kind, Failure.of(new Failure(kind, "text").toStatus()).kind());
    }
    assertEquals(
        Kind.UNAVAILABLE, Failure.of(Status.DEADLINE_EXCEEDED.asRuntimeException()).kind());
  }

  @Test
  void refusesWhatIsNoAddress() {
    assertThrows(IllegalArgumentException.class, () -> Channels.open("localhost"));
    assertThrows(IllegalArgumentException.class, () -> Channels.open("localhost:http"));
  }

  private static long ask(ManagedChannel channel) {
    return ClusterGrpc.newBlockingStub(channel)
        .withDeadlineAfter(10, TimeUnit.SECONDS)
        .members(MembersRequest.getDefaultInstance())
        .getIndex();
  }

  private static Server server(int port, ClusterGrpc.ClusterImplBase service) throws IOException {
    return NettyServerBuilder.forPort(port).addService(service).build().start();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static void end(ManagedChannel channel, Server... servers) {
    Channels.close(channel);
    for (Server server : servers) {
      server.shutdownNow();
    }
  }

  /** A replica that answers with its number as the index. */
  private static final class Numbered extends ClusterGrpc.ClusterImplBase {
    private final long number;

    Numbered(long number) {
      this.number = number;
    }

    @Override
    public void members(MembersRequest request, StreamObserver<MembersReply> answer) {
      answer.onNext(MembersReply.newBuilder().setIndex(number).build());
      answer.onCompleted();
    }
  }
}
