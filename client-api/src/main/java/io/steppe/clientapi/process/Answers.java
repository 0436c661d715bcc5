package io.steppe.clientapi.process;

import io.steppe.clientapi.Answer;
import io.steppe.clientapi.ClientSettings;
import io.steppe.http.Request;
import io.steppe.http.stream.Item;
import io.steppe.http.stream.Outflow;
import io.steppe.json.Json;
import io.steppe.proto.v1.AgentHostResponse;
import io.steppe.proto.v1.StreamFrame;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.HostCall;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What processes answer, on its way to the client. */
@ApplicationScoped
class Answers {
  private static final byte[] HEARTBEAT = "{}".getBytes(StandardCharsets.UTF_8);

  private final Duration patience;
  private final Duration heartbeat;

  Answers(ClientSettings settings) {
    patience = settings.patience();
    heartbeat = settings.heartbeat();
  }

  /** The document of a process's machine. */
  byte[] host(Request request, Processes.Called process) throws InterruptedException {
    ClientRequest call = call(request, process).setHost(HostCall.getDefaultInstance()).build();
    try (Answer answer = process.calls().ask(call, patience)) {
      return switch (answer.next(patience)) {
        case Item.Message<ClientFrame>(ClientFrame frame) ->
            Json.write(
                AgentHostResponse.newBuilder()
                    .setAgentId(process.id())
                    .setHostData(frame.getHost())
                    .build());
        case Item.Broken<ClientFrame>(Failure failure) -> throw failure;
        case Item.End<ClientFrame> end -> throw silent(process);
        case null -> throw silent(process);
      };
    }
  }

  /**
   * The log of a process, until the client goes away. Nothing is sent before there is something to
   * say.
   */
  void monitor(Request request, Processes.Called process, MonitorQuery query, Outflow out)
      throws InterruptedException, ClosedChannelException {
    ClientRequest call = call(request, process).setMonitor(query.call()).build();
    try (Answer answer = process.calls().ask(call, heartbeat)) {
      while (true) {
        switch (answer.next(heartbeat)) {
          case null -> {
            if (!query.plain()) {
              out.write(HEARTBEAT);
            }
          }
          case Item.Message<ClientFrame>(ClientFrame frame) -> {
            StreamFrame line = frame.getData();
            out.write(query.plain() ? line.getData().toByteArray() : Json.write(line));
            answer.taken(line.getData().size());
          }
          case Item.Broken<ClientFrame>(Failure failure) -> throw failure;
          case Item.End<ClientFrame> end -> {
            out.end();
            return;
          }
        }
      }
    }
  }

  /** A profile of a process, when it has been taken. */
  void profile(Request request, Processes.Called process, ProfileQuery query, Outflow out)
      throws InterruptedException, ClosedChannelException {
    Duration longest = patience.plusSeconds(query.call().getSeconds());
    ClientRequest call = call(request, process).setProfile(query.call()).build();
    try (Answer answer = process.calls().ask(call, longest)) {
      while (true) {
        switch (answer.next(longest)) {
          case Item.Message<ClientFrame>(ClientFrame frame) -> {
            byte[] data = frame.getData().getData().toByteArray();
            out.write(data);
            answer.taken(data.length);
          }
          case Item.End<ClientFrame> end -> {
            out.end();
            return;
          }
          case Item.Broken<ClientFrame>(Failure failure) -> throw failure;
          case null -> throw silent(process);
        }
      }
    }
  }

  private static ClientRequest.Builder call(Request request, Processes.Called process) {
    return ClientRequest.newBuilder().setCaller(request.caller()).setNodeId(process.nodeId());
  }

  private static Failure silent(Processes.Called process) {
    return Failure.unavailable(process.id() + " did not answer");
  }
}
