package io.steppe.node.client;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.steppe.node.registration.TestNodes;
import io.steppe.node.session.Eventually;
import io.steppe.node.session.TestAgent;
import io.steppe.node.session.TestCluster;
import io.steppe.proto.v1.Node;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Frames;
import io.steppe.rpc.v1.AgentDown;
import io.steppe.rpc.v1.AgentRequest;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.Exec;
import io.steppe.rpc.v1.ExecInput;
import io.steppe.rpc.v1.ExecOutput;
import io.steppe.rpc.v1.FileList;
import io.steppe.rpc.v1.FsLogs;
import io.steppe.rpc.v1.TtySize;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls to an agent, asked of the replica it dialled (0) and of another (1). */
class ClientsEndpointTest {
  private static final Node NODE = TestNodes.any();

  private final List<AutoCloseable> open = new ArrayList<>();
  private TestCluster cluster;
  private TestAgent agent;

  @BeforeEach
  void start() throws Exception {
    cluster = new TestCluster(2);
    open.add(cluster);
    agent = new TestAgent(cluster.port(0));
    open.add(agent);
    agent.register(NODE, "secret").awaitRegistered();
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable one : open.reversed()) {
      one.close();
    }
  }

  private static ClientRequest request() {
    return ClientRequest.newBuilder()
        .setCaller(Callers.anonymous())
        .setNodeId(NODE.getId())
        .setAllocId("a")
        .setCredit(10)
        .setLogs(FsLogs.newBuilder().setTask("web").setType("stdout").setFollow(true))
        .build();
  }

  private TestReader reader(int replica, ClientRequest request) {
    TestReader reader = new TestReader(cluster.port(replica), request);
    open.add(reader);
    return reader;
  }

  private AgentRequest asked() {
    return agent.await("request", AgentDown::hasRequest).getRequest();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void framesGoToTheReaderAndCreditToTheAgent(int replica) {
    TestReader reader = reader(replica, request());
    AgentRequest asked = asked();
    assertEquals("web", asked.getRequest().getLogs().getTask());
    assertEquals(10, asked.getRequest().getCredit());
    reader.credit(100);
    TestAnswer answer = new TestAnswer(agent, asked.getCallId()).data("hello");
    reader.awaitFrames(1);
    assertEquals("hello", reader.frames().getFirst().getData().getData().toStringUtf8());
    answer.awaitCredit(100);
    reader.credit(50);
    answer.awaitCredit(150);
    answer.data(" world").complete();
    assertEquals(Status.Code.OK, reader.awaitEnd().getCode());
    assertEquals(2, reader.frames().size());
    assertEquals(Status.Code.OK, answer.awaitEnd().getCode());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void inputGoesToTheCommandInOrder(int replica) {
    TestReader reader = reader(replica, exec());
    reader.input(stdin("early"));
    TestAnswer answer = new TestAnswer(agent, asked().getCallId()).exec(ExecOutput.newBuilder());
    reader.input(stdin("later"));
    ExecInput size =
        ExecInput.newBuilder().setTtySize(TtySize.newBuilder().setHeight(24).setWidth(80)).build();
    reader.input(size);
    assertEquals(List.of(stdin("early"), stdin("later"), size), answer.awaitInputs(3));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void outputOfACommandTakesCredit(int replica) {
    TestReader reader = reader(replica, exec());
    TestAnswer answer = new TestAnswer(agent, asked().getCallId());
    ByteString much = ByteString.copyFrom(new byte[64 << 10]);
    for (int i = 0; i < 10; i++) {
      answer.exec(ExecOutput.newBuilder().setStdout(much));
      answer.exec(ExecOutput.newBuilder().setStderr(much));
    }
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, reader.awaitEnd().getCode());
  }

  @Test
  void inputIsSentForCredit() {
    TestReader reader = reader(0, exec());
    TestAnswer answer = new TestAnswer(agent, asked().getCallId()).exec(ExecOutput.newBuilder());
    String half = "x".repeat(Frames.FREE_STDIN / 2);
    reader.input(stdin(half));
    reader.input(stdin(half));
    answer.awaitInputs(2);
    answer.exec(ExecOutput.newBuilder().setStdinCredit(half.length()));
    reader.awaitFrames(2);
    reader.input(stdin(half));
    answer.awaitInputs(3);
    reader.input(stdin("!"));
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, reader.awaitEnd().getCode());
    assertEquals(Status.Code.CANCELLED, answer.awaitEnd().getCode());
  }

  private static ClientRequest exec() {
    return request().toBuilder()
        .setExec(Exec.newBuilder().setTask("web").addCommand("cat"))
        .build();
  }

  private static ExecInput stdin(String text) {
    return ExecInput.newBuilder().setStdin(ByteString.copyFromUtf8(text)).build();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void whatTheAgentRefusesTheReaderIsTold(int replica) {
    TestReader reader = reader(replica, request());
    new TestAnswer(agent, asked().getCallId()).fail(Status.Code.NOT_FOUND, "no such file");
    Status status = reader.awaitEnd();
    assertEquals(Status.Code.NOT_FOUND, status.getCode());
    assertEquals("no such file", status.getDescription());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void anAgentStopsWhenItsReaderIsGone(int replica) {
    TestReader reader = reader(replica, request());
    TestAnswer answer = new TestAnswer(agent, asked().getCallId()).data("hello");
    reader.awaitFrames(1);
    reader.goAway();
    assertEquals(Status.Code.CANCELLED, answer.awaitEnd().getCode());
  }

  @Test
  void anAgentThatDialsAfterItsReaderWentIsSentAway() {
    TestReader reader = reader(0, request());
    AgentRequest asked = asked();
    reader.goAway();
    assertEquals(Status.Code.CANCELLED, reader.awaitEnd().getCode());
    Eventually.await("forgotten", () -> cluster.waitingCalls(0) == 0);
    TestAnswer answer = new TestAnswer(agent, asked.getCallId()).data("late");
    assertEquals(Status.Code.NOT_FOUND, answer.awaitEnd().getCode());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aNodeWithoutAgentHasNoPath(int replica) {
    for (ClientRequest request :
        List.of(
            request().toBuilder().setNodeId(TestNodes.any().getId()).build(),
            request().toBuilder().setNodeId("").build())) {
      Status status = reader(replica, request).awaitEnd();
      assertEquals(Status.Code.NOT_FOUND, status.getCode());
      assertEquals("No path to node", status.getDescription());
    }
    agent.close();
    Eventually.await("silence", () -> cluster.live(0) == 0);
    assertEquals("No path to node", reader(replica, request()).awaitEnd().getDescription());
  }

  @Test
  void aSessionElsewhereEndsTheOneHere() {
    TestAgent again = new TestAgent(cluster.port(1));
    open.add(again);
    again.register(NODE, "secret").awaitRegistered();
    assertEquals(Status.Code.ABORTED, agent.awaitEnd().getCode());
    reader(0, request());
    again.await("request", AgentDown::hasRequest);
  }

  @Test
  void aCallIsPassedOnOnce() {
    Status status = reader(1, request().toBuilder().setForwarded(true).build()).awaitEnd();
    assertEquals("No path to node", status.getDescription());
  }

  @Test
  void anAgentThatGoesBeforeItAnswersHasNoPath() {
    TestReader reader = reader(0, request());
    asked();
    agent.close();
    assertEquals("No path to node", reader.awaitEnd().getDescription());
  }

  @Test
  void anAnswerThatBreaksOffIsUnavailable() {
    TestReader reader = reader(0, request());
    TestAnswer answer = new TestAnswer(agent, asked().getCallId()).data("hello");
    reader.awaitFrames(1);
    answer.breakOff();
    assertEquals(Status.Code.UNAVAILABLE, reader.awaitEnd().getCode());
  }

  @Test
  void anAgentThatSendsWithoutCreditIsCutOff() {
    TestReader reader = reader(0, request());
    TestAnswer answer = new TestAnswer(agent, asked().getCallId());
    for (int i = 0; i < 20; i++) {
      answer.data("x".repeat(64 << 10));
    }
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, reader.awaitEnd().getCode());
  }

  @Test
  void listingsNeedNoCredit() {
    TestReader reader = reader(0, request().toBuilder().setCredit(0).build());
    new TestAnswer(agent, asked().getCallId())
        .frame(ClientFrame.newBuilder().setFiles(FileList.getDefaultInstance()).build())
        .complete();
    assertEquals(Status.Code.OK, reader.awaitEnd().getCode());
    assertEquals(1, reader.frames().size());
  }

  @Test
  void anAgentThatNeverAnswersIsNotWaitedForForEver() throws Exception {
    cluster = new TestCluster(1, Duration.ofMillis(50));
    open.add(cluster);
    agent = new TestAgent(cluster.port(0));
    open.add(agent);
    agent.register(NODE, "secret").awaitRegistered();
    Status status = reader(0, request()).awaitEnd();
    assertEquals(Status.Code.UNAVAILABLE, status.getCode());
    assertEquals("the node's agent does not answer", status.getDescription());
  }

  @Test
  void aCallerMustSayWhoItIs() {
    assertEquals(
        Status.Code.PERMISSION_DENIED,
        reader(0, request().toBuilder().clearCaller().build()).awaitEnd().getCode());
  }
}
