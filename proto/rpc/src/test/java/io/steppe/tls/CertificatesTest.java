package io.steppe.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.steppe.authority.Authority;
import io.steppe.authority.Subject;
import io.steppe.rpc.Channels;
import io.steppe.rpc.v1.AgentSessionGrpc;
import io.steppe.rpc.v1.ClusterGrpc;
import io.steppe.rpc.v1.MembersReply;
import io.steppe.rpc.v1.MembersRequest;
import io.steppe.rpc.v1.ResolveTokenReply;
import io.steppe.rpc.v1.ResolveTokenRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real handshakes over gRPC. */
class CertificatesTest {
  private static final String SERVICE = "server.global.nomad";
  private static final String AGENT = "client.global.nomad";

  @TempDir Path temporary;
  private final Authority authority = CertificateFolder.authority();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private Server server;

  @AfterEach
  void end() {
    channels.forEach(Channels::close);
    if (server != null) {
      server.shutdownNow();
    }
  }

  @Test
  void servicesCallServices() throws Exception {
    listen(of("service", SERVICE, Role.SERVER));
    assertEquals(7, members(Channels.open(address(), of("other", SERVICE, Role.SERVER))));
  }

  @Test
  void agentsCallWhatIsForAgentsAndNothingElse() throws Exception {
    listen(of("service", SERVICE, Role.SERVER));
    ManagedChannel channel = once(of("agent", AGENT, Role.CLIENT));
    assertEquals(9, resolve(channel));
    Status refused = refusal(channel);
    assertEquals(Status.Code.PERMISSION_DENIED, refused.getCode());
    assertEquals(
        "a certificate of an agent may not call steppe.rpc.v1.Cluster", refused.getDescription());
  }

  @Test
  void peopleAndOtherRegionsCallNothing() throws Exception {
    listen(of("service", SERVICE, Role.SERVER));
    Certificates other =
        Certificates.read(
            folder("other").put("server.eu.nomad", authority, authority).files(),
            new Names("eu"),
            Role.SERVER);
    ManagedChannel channel =
        kept(
            other
                .channel(NettyChannelBuilder.forTarget(address()))
                .overrideAuthority(SERVICE)
                .build());
    assertEquals(Status.Code.PERMISSION_DENIED, refusal(channel).getCode());
  }

  @Test
  void anAgentIsNotTakenForAService() throws Exception {
    Certificates impostor = of("impostor", AGENT, Role.CLIENT);
    server =
        impostor.server(NettyServerBuilder.forPort(0)).addService(new Answering()).build().start();
    assertEquals(
        Status.Code.UNAVAILABLE, refusal(once(of("other", SERVICE, Role.SERVER))).getCode());
  }

  @Test
  void strangersAreRefusedOnBothSides() throws Exception {
    Authority strange = CertificateFolder.authority();
    listen(of("service", SERVICE, Role.SERVER));
    Certificates dialsUs =
        folder("dials").put(SERVICE, strange, strange, authority).read(Role.SERVER);
    assertEquals(Status.Code.UNAVAILABLE, refusal(once(dialsUs)).getCode());
    Certificates doesNotTrustUs =
        folder("distrusts").put(SERVICE, strange, strange).read(Role.SERVER);
    assertEquals(Status.Code.UNAVAILABLE, refusal(once(doesNotTrustUs)).getCode());
    assertEquals(Status.Code.UNAVAILABLE, refusal(once(Tls.off())).getCode());
  }

  @Test
  void newCertificatesAreTakenWhileTheServerRuns() throws Exception {
    CertificateFolder place = folder("service").put(SERVICE, authority, authority);
    Certificates running = place.read(Role.SERVER);
    listen(running);
    Certificates old = of("old", SERVICE, Role.SERVER);
    ManagedChannel before = once(old);
    assertEquals(7, members(before));
    assertFalse(running.reload(), "nothing changed");

    Authority next = CertificateFolder.authority();
    place.put(SERVICE, next, next);
    assertTrue(running.reload());
    Certificates renewed = folder("new").put(SERVICE, next, next).read(Role.SERVER);
    assertEquals(7, members(once(renewed)));
    assertEquals(Status.Code.UNAVAILABLE, refusal(once(old)).getCode());
    assertEquals(7, members(before), "connections that exist go on");
  }

  @Test
  void halfWrittenFilesAreNotTaken() throws Exception {
    CertificateFolder place = folder("service").put(SERVICE, authority, authority);
    Certificates running = place.read(Role.SERVER);
    listen(running);
    var next = authority.issue(Subject.local(SERVICE), Instant.now(), CertificateFolder.DAY);
    Files.writeString(place.files().cert(), next.certificate());
    assertFalse(running.reload(), "the key is another one's");
    assertEquals(7, members(once(of("other", SERVICE, Role.SERVER))));
    Files.writeString(place.files().key(), next.key());
    assertTrue(running.reload());
    assertEquals(7, members(once(of("another", SERVICE, Role.SERVER))));
  }

  private CertificateFolder folder(String name) {
    return new CertificateFolder(temporary.resolve(name));
  }

  private Certificates of(String folder, String name, Role role) throws Exception {
    return folder(folder).put(name, authority, authority).read(role);
  }

  private void listen(Certificates certificates) throws IOException {
    server =
        certificates
            .server(NettyServerBuilder.forPort(0))
            .addService(new Answering())
            .addService(new Resolving())
            .build()
            .start();
  }

  private String address() {
    return "127.0.0.1:" + server.getPort();
  }

  private ManagedChannel kept(ManagedChannel channel) {
    channels.add(channel);
    return channel;
  }

  /** A channel whose calls fail at once. */
  private ManagedChannel once(Tls tls) {
    return kept(tls.channel(NettyChannelBuilder.forTarget(address())).build());
  }

  private long members(ManagedChannel channel) {
    if (!channels.contains(channel)) {
      channels.add(channel);
    }
    return ClusterGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .members(MembersRequest.getDefaultInstance())
        .getIndex();
  }

  private static long resolve(ManagedChannel channel) {
    return AgentSessionGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .resolveToken(ResolveTokenRequest.getDefaultInstance())
        .getTtl();
  }

  private Status refusal(ManagedChannel channel) {
    return assertThrows(StatusRuntimeException.class, () -> members(channel)).getStatus();
  }

  private static final class Answering extends ClusterGrpc.ClusterImplBase {
    @Override
    public void members(MembersRequest request, StreamObserver<MembersReply> answer) {
      answer.onNext(MembersReply.newBuilder().setIndex(7).build());
      answer.onCompleted();
    }
  }

  private static final class Resolving extends AgentSessionGrpc.AgentSessionImplBase {
    @Override
    public void resolveToken(
        ResolveTokenRequest request, StreamObserver<ResolveTokenReply> answer) {
      answer.onNext(ResolveTokenReply.newBuilder().setTtl(9).build());
      answer.onCompleted();
    }
  }
}
