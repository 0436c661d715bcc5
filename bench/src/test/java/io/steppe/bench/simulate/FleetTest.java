package io.steppe.bench.simulate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.Node;
import io.steppe.proto.v1.Task;
import io.steppe.proto.v1.TaskGroup;
import io.steppe.rpc.v1.AgentAnswer;
import io.steppe.rpc.v1.AgentDown;
import io.steppe.rpc.v1.AgentRequest;
import io.steppe.rpc.v1.AgentSessionGrpc;
import io.steppe.rpc.v1.AgentUp;
import io.steppe.rpc.v1.AllocationsForNode;
import io.steppe.rpc.v1.AnswerCredit;
import io.steppe.rpc.v1.HeartbeatAck;
import io.steppe.rpc.v1.Registered;
import io.steppe.rpc.v1.TaskUpdates;
import io.steppe.rpc.v1.UpdatesAck;
import io.steppe.tls.Tls;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A fleet against a server that speaks the agents' protocol and lets the test answer. */
class FleetTest {
  private static final Machine MACHINE = new Machine("dc1", "default", "edge", 4000, 8192, 10240);

  private final BlockingQueue<Session> sessions = new LinkedBlockingQueue<>();
  private final BlockingQueue<AgentAnswer> answers = new LinkedBlockingQueue<>();
  private Server server;

  /** One stream of an agent, as the server sees it. */
  private static final class Session implements StreamObserver<AgentUp> {
    private final StreamObserver<AgentDown> down;
    private final BlockingQueue<AgentUp> messages = new LinkedBlockingQueue<>();

    Session(StreamObserver<AgentDown> down) {
      this.down = down;
    }

    Node register(Duration heartbeat) throws InterruptedException {
      AgentUp first = next();
      assertTrue(first.hasRegister());
      send(
          AgentDown.newBuilder()
              .setRegistered(Registered.newBuilder().setHeartbeatTtl(heartbeat.toNanos()))
              .build());
      return first.getRegister().getNode();
    }

    AgentUp next() throws InterruptedException {
      AgentUp message = messages.poll(20, TimeUnit.SECONDS);
      assertNotNull(message, "the agent says nothing");
      return message;
    }

    Allocation update() throws InterruptedException {
      TaskUpdates updates = next().getUpdates();
      assertEquals(1, updates.getAllocationsCount(), updates::toString);
      send(
          AgentDown.newBuilder()
              .setUpdates(UpdatesAck.newBuilder().setSequence(updates.getSequence()))
              .build());
      return updates.getAllocations(0);
    }

    void allocations(boolean full, Allocation... allocations) {
      AllocationsForNode.Builder message =
          AllocationsForNode.newBuilder().setFull(full).setLast(true);
      for (Allocation allocation : allocations) {
        message.addAllocations(allocation);
      }
      send(AgentDown.newBuilder().setAllocations(message).build());
    }

    synchronized void send(AgentDown message) {
      down.onNext(message);
    }

    @Override
    public void onNext(AgentUp message) {
      messages.add(message);
    }

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {
      down.onCompleted();
    }
  }

  @BeforeEach
  void serve() throws IOException {
    server =
        NettyServerBuilder.forPort(0)
            .addService(
                new AgentSessionGrpc.AgentSessionImplBase() {
                  @Override
                  public StreamObserver<AgentUp> connect(StreamObserver<AgentDown> down) {
                    Session session = new Session(down);
                    sessions.add(session);
                    return session;
                  }

                  @Override
                  public StreamObserver<AgentAnswer> answer(StreamObserver<AnswerCredit> credit) {
                    return new StreamObserver<>() {
                      @Override
                      public void onNext(AgentAnswer answer) {
                        answers.add(answer);
                      }

                      @Override
                      public void onError(Throwable error) {}

                      @Override
                      public void onCompleted() {
                        credit.onCompleted();
                      }
                    };
                  }
                })
            .build()
            .start();
  }

  @AfterEach
  void stop() throws InterruptedException {
    server.shutdownNow();
    assertTrue(server.awaitTermination(10, TimeUnit.SECONDS));
  }

  @Test
  void everyNodeRegistersUnderItsOwnNameAndSendsHeartbeats() throws InterruptedException {
    try (Fleet fleet = fleet(5)) {
      Set<String> ids = new HashSet<>();
      for (int i = 0; i < 5; i++) {
        Session session = session();
        Node node = session.register(Duration.ofMillis(200));
        ids.add(node.getId() + node.getName() + node.getNodeResources().getNetworks(0).getIp());
        assertEquals("edge", node.getNodeClass());
        assertTrue(session.next().hasHeartbeat());
        session.send(
            AgentDown.newBuilder()
                .setHeartbeat(HeartbeatAck.newBuilder().setHeartbeatTtl(200_000_000))
                .build());
        assertTrue(session.next().hasHeartbeat());
      }
      assertEquals(5, ids.size());
      assertEquals(5, fleet.tally().connected.get());
    }
  }

  @Test
  void aBatchAllocationRunsForItsTimeAndEnds() throws InterruptedException {
    try (Fleet fleet = fleet(1)) {
      Session session = session();
      session.register(Duration.ofMinutes(1));
      session.allocations(
          true, allocation("a", "batch", "{\"run_for\":\"300ms\",\"exit_code\":3}"));
      Allocation running = session.update();
      assertEquals("running", running.getClientStatus());
      assertEquals("running", running.getTaskStatesOrThrow("t").getState());
      Allocation ended = session.update();
      assertEquals("failed", ended.getClientStatus());
      assertEquals(3, ended.getTaskStatesOrThrow("t").getEventsList().getLast().getExitCode());
      assertEquals(0, fleet.tally().running.get());
    }
  }

  @Test
  void aServiceRunsUntilItIsToldToStop() throws InterruptedException {
    try (Fleet fleet = fleet(1)) {
      Session session = session();
      session.register(Duration.ofMinutes(1));
      Allocation service = allocation("a", "service", "{}");
      session.allocations(true, service.toBuilder().setDeploymentId("d").build());
      assertTrue(session.update().getDeploymentStatus().getHealthy());
      session.allocations(false, service.toBuilder().setDesiredStatus("stop").build());
      assertEquals("complete", session.update().getClientStatus());
      assertEquals(0, fleet.tally().running.get());
    }
  }

  @Test
  void aTaskThatCannotStartFails() throws InterruptedException {
    try (Fleet _ = fleet(1)) {
      Session session = session();
      session.register(Duration.ofMinutes(1));
      session.allocations(true, allocation("a", "service", "{\"start_error\":\"no such image\"}"));
      Allocation failed = session.update();
      assertEquals("failed", failed.getClientStatus());
      assertEquals("no such image", failed.getTaskStatesOrThrow("t").getEvents(1).getDriverError());
    }
  }

  @Test
  void whatWasNotAcknowledgedIsSaidAgainOnTheNextSession() throws InterruptedException {
    try (Fleet fleet = fleet(1)) {
      Session session = session();
      session.register(Duration.ofMinutes(1));
      session.allocations(true, allocation("a", "service", "{}"));
      assertEquals("running", session.next().getUpdates().getAllocations(0).getClientStatus());
      session.down.onError(Status.UNAVAILABLE.asRuntimeException());
      Session next = session();
      next.register(Duration.ofMinutes(1));
      assertEquals("running", next.update().getClientStatus());
      assertEquals(1, fleet.tally().running.get());
      assertEquals(1, fleet.tally().started.sum());
    }
  }

  @Test
  void whatAFullSetDoesNotNameIsForgotten() throws InterruptedException {
    try (Fleet fleet = fleet(1)) {
      Session session = session();
      session.register(Duration.ofMinutes(1));
      session.allocations(true, allocation("a", "service", "{}"));
      session.update();
      session.allocations(true, allocation("b", "service", "{}"));
      assertEquals("b", session.update().getId());
      assertEquals(1, fleet.tally().running.get());
    }
  }

  @Test
  void requestsForFilesAreAnsweredThatThereAreNone() throws InterruptedException {
    try (Fleet _ = fleet(1)) {
      Session session = session();
      session.register(Duration.ofMinutes(1));
      session.send(
          AgentDown.newBuilder().setRequest(AgentRequest.newBuilder().setCallId("c")).build());
      AgentAnswer answer = answers.poll(20, TimeUnit.SECONDS);
      assertNotNull(answer);
      assertEquals("c", answer.getCallId());
      assertEquals(Status.Code.UNIMPLEMENTED.value(), answer.getFailure().getCode());
    }
  }

  private Session session() throws InterruptedException {
    Session session = sessions.poll(20, TimeUnit.SECONDS);
    assertNotNull(session, "no agent dials");
    return session;
  }

  private Fleet fleet(int size) {
    Fleet fleet =
        new Fleet(
            "127.0.0.1:" + server.getPort(),
            Tls.off(),
            "test",
            0,
            size,
            MACHINE,
            InstantSource.system(),
            RandomGenerator.getDefault());
    fleet.connect(1000);
    return fleet;
  }

  private static Allocation allocation(String id, String type, String config) {
    Task task = Task.newBuilder().setName("t").setConfig(ByteString.copyFromUtf8(config)).build();
    return Allocation.newBuilder()
        .setId(id)
        .setTaskGroup("g")
        .setDesiredStatus("run")
        .setClientStatus("pending")
        .setJob(
            Job.newBuilder()
                .setType(type)
                .addTaskGroups(TaskGroup.newBuilder().setName("g").addTasks(task)))
        .build();
  }
}
