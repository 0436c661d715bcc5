package io.steppe.clientapi;

import io.steppe.clientapi.follow.Following;
import io.steppe.clientapi.follow.Piece;
import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.http.query.GoErrors;
import io.steppe.http.query.GoValues;
import io.steppe.http.query.Query;
import io.steppe.http.stream.Item;
import io.steppe.http.stream.Outflow;
import io.steppe.json.Json;
import io.steppe.proto.v1.StreamFrame;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.FsLogs;
import io.steppe.rpc.v1.FsRead;
import io.steppe.rpc.v1.FsStream;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Bytes of files and logs, from the agent to the reader at the reader's pace. */
@ApplicationScoped
class Files {
  private static final byte[] HEARTBEAT = "{}".getBytes(StandardCharsets.UTF_8);

  private final ClientCalls clients;
  private final NodeCalls calls;
  private final Following following;
  private final Duration patience;
  private final Duration heartbeat;

  Files(ClientCalls clients, NodeCalls calls, Following following, ClientSettings settings) {
    this.following = following;
    this.clients = clients;
    this.calls = calls;
    patience = settings.patience();
    heartbeat = settings.heartbeat();
  }

  /** A file, whole. */
  void cat(Request request, String id, Outflow out)
      throws InterruptedException, ClosedChannelException {
    FsRead read = FsRead.newBuilder().setPath(path(request.query(), id)).build();
    bytes(calls.ofAllocation(request, ClientRoute.FS_CAT, id).setCat(read), out);
  }

  /** A part of a file. */
  void readAt(Request request, String id, Outflow out)
      throws InterruptedException, ClosedChannelException {
    Query query = request.query();
    FsRead.Builder read =
        FsRead.newBuilder()
            .setPath(path(query, id))
            .setOffset(LogQuery.number("offset", query.text("offset")));
    if (!query.text("limit").isEmpty()) {
      read.setLimit(LogQuery.number("limit", query.text("limit")));
    }
    bytes(calls.ofAllocation(request, ClientRoute.FS_READ_AT, id).setReadAt(read), out);
  }

  /** A file in frames, and what is added to it. */
  void stream(Request request, String id, Outflow out)
      throws InterruptedException, ClosedChannelException {
    Query query = request.query();
    String path = path(query, id);
    String follow = query.text("follow");
    FsStream stream =
        FsStream.newBuilder()
            .setPath(path)
            .setFollow(
                follow.isEmpty()
                    || GoValues.bool(follow)
                        .orElseThrow(
                            () ->
                                new Refusal(
                                    500,
                                    "failed to parse follow field to boolean: "
                                        + GoErrors.parseBool(follow))))
            .setOffset(LogQuery.offset(query))
            .setOrigin(LogQuery.origin(query))
            .build();
    frames(
        calls.ofAllocation(request, ClientRoute.FS_STREAM, id).setStream(stream),
        stream.getFollow(),
        out);
  }

  /** A log, in frames or as its bytes. */
  void logs(Request request, LogQuery query, Outflow out)
      throws InterruptedException, ClosedChannelException {
    FsLogs logs =
        FsLogs.newBuilder()
            .setTask(query.task())
            .setType(query.type())
            .setOffset(query.offset())
            .setOrigin(query.origin())
            .setFollow(query.follow())
            .build();
    ClientRequest.Builder call =
        calls.ofAllocation(request, ClientRoute.FS_LOGS, query.allocationId()).setLogs(logs);
    if (!query.plain()) {
      frames(call, query.follow(), out);
    } else if (query.follow()) {
      following.follow(call.build(), new PlainReader(out));
      out.end();
    } else {
      bytes(call, out);
    }
  }

  private static String path(Query query, String id) {
    if (id.isEmpty()) {
      throw Refusal.badRequest("must provide a valid alloc id");
    }
    if (query.text("path").isEmpty()) {
      throw Refusal.badRequest("must provide a file name");
    }
    return query.text("path");
  }

  private void bytes(ClientRequest.Builder call, Outflow out)
      throws InterruptedException, ClosedChannelException {
    try (Answer answer = clients.ask(call.build(), patience)) {
      while (true) {
        switch (answer.next(patience)) {
          case null -> out.begin();
          case Item.Message<ClientFrame>(ClientFrame frame) -> {
            byte[] data = frame.getData().getData().toByteArray();
            if (data.length > 0) {
              out.write(data);
              answer.taken(data.length);
            }
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

  private void frames(ClientRequest.Builder call, boolean follow, Outflow out)
      throws InterruptedException, ClosedChannelException {
    if (follow) {
      following.follow(call.build(), new FrameReader(out));
      out.end();
      return;
    }
    try (Answer answer = clients.ask(call.build(), heartbeat)) {
      while (true) {
        switch (answer.next(heartbeat)) {
          case null -> out.write(HEARTBEAT);
          case Item.Message<ClientFrame>(ClientFrame frame) -> {
            StreamFrame data = frame.getData();
            if (!data.equals(StreamFrame.getDefaultInstance())) {
              out.write(Json.write(data));
              answer.taken(data.getData().size());
            }
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

  /** Takes frames as JSON. */
  private record FrameReader(Outflow out) implements Following.Reader {
    @Override
    public void piece(Piece piece) throws InterruptedException, ClosedChannelException {
      out.write(piece.json());
    }

    @Override
    public void quiet() throws InterruptedException, ClosedChannelException {
      out.write(HEARTBEAT);
    }
  }

  /** Takes bytes as they are. */
  private record PlainReader(Outflow out) implements Following.Reader {
    @Override
    public void piece(Piece piece) throws InterruptedException, ClosedChannelException {
      byte[] bytes = piece.bytes();
      if (bytes.length > 0) {
        out.write(bytes);
      }
    }

    @Override
    public void quiet() throws InterruptedException, ClosedChannelException {
      out.begin();
    }
  }
}
