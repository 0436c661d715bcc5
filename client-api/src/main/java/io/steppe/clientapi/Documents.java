package io.steppe.clientapi;

import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.query.Ids;
import io.steppe.http.stream.Item;
import io.steppe.json.Json;
import io.steppe.proto.v1.AllocFileInfo;
import io.steppe.rpc.Failure;
import io.steppe.rpc.Kind;
import io.steppe.rpc.v1.AllocStats;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.FsPath;
import io.steppe.rpc.v1.HostStatsCall;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Answers of agents that are one document. */
@ApplicationScoped
class Documents {
  private final ClientCalls clients;
  private final Whereabouts nodes;
  private final Duration patience;

  Documents(ClientCalls clients, Whereabouts nodes, ClientSettings settings) {
    this.clients = clients;
    this.nodes = nodes;
    patience = settings.patience();
  }

  /** Entries of a directory. */
  byte[] list(Request request, String id) throws InterruptedException {
    String path = request.query().text("path").isEmpty() ? "/" : request.query().text("path");
    ClientRequest.Builder call = ofAllocation(request, id).setLs(FsPath.newBuilder().setPath(path));
    List<AllocFileInfo> files = new ArrayList<>();
    for (ClientFrame frame : frames(call)) {
      files.addAll(frame.getFiles().getFilesList());
    }
    return Json.writeList(files);
  }

  /** A file's or directory's own entry. */
  byte[] stat(Request request, String id) throws InterruptedException {
    if (!id.isEmpty() && request.query().text("path").isEmpty()) {
      throw Refusal.badRequest("must provide a file name");
    }
    ClientRequest.Builder call =
        ofAllocation(request, id)
            .setStat(FsPath.newBuilder().setPath(request.query().text("path")));
    return Json.write(frames(call).getFirst().getFile());
  }

  /** What an allocation uses. */
  byte[] allocationStats(Request request, String id) throws InterruptedException {
    ClientRequest.Builder call =
        ofAllocation(request, id)
            .setAllocStats(AllocStats.newBuilder().setTask(request.query().text("task")));
    return Json.write(frames(call).getFirst().getAllocStats());
  }

  /** What a node's machine uses. */
  byte[] hostStats(Request request) throws InterruptedException {
    String node = nodes.ofNode(request.caller(), request.query().text("node_id"));
    ClientRequest.Builder call =
        ClientRequest.newBuilder()
            .setCaller(request.caller())
            .setNodeId(node)
            .setHostStats(HostStatsCall.getDefaultInstance());
    try {
      return Json.write(frames(call).getFirst().getHostStats());
    } catch (Failure failure) {
      if (failure.kind() == Kind.NOT_FOUND && !nodes.isKnown(request.caller(), node)) {
        throw new Refusal(500, "Unknown node " + node);
      }
      throw failure;
    }
  }

  private ClientRequest.Builder ofAllocation(Request request, String id) {
    if (id.isEmpty()) {
      throw Refusal.badRequest("must provide a valid alloc id");
    }
    String allocation = Ids.whole("alloc", id);
    return ClientRequest.newBuilder()
        .setCaller(request.caller())
        .setNodeId(nodes.ofAllocation(request.caller(), allocation))
        .setAllocId(allocation);
  }

  /** All frames of an answer: at least one. */
  private List<ClientFrame> frames(ClientRequest.Builder call) throws InterruptedException {
    List<ClientFrame> frames = new ArrayList<>();
    try (Answer answer = clients.ask(call.build(), patience)) {
      while (true) {
        switch (answer.next(patience)) {
          case null ->
              throw Failure.unavailable(
                  "The agent did not answer within " + patience.toSeconds() + " s");
          case Item.Message<ClientFrame>(ClientFrame frame) -> frames.add(frame);
          case Item.Broken<ClientFrame>(Failure failure) -> throw failure;
          case Item.End<ClientFrame> end -> {
            if (frames.isEmpty()) {
              throw Failure.unavailable("The agent gave no answer");
            }
            return frames;
          }
        }
      }
    }
  }
}
