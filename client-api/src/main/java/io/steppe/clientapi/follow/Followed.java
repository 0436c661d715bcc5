package io.steppe.clientapi.follow;

import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.FsLogs;
import io.steppe.rpc.v1.FsStream;

/** What readers follow: equal for all who follow the same. */
sealed interface Followed {
  /** The stream of what is written from a place on. */
  ClientRequest tail(ClientRequest asked, Place from);

  /** What there is from where the reader wants to begin, so many bytes of it. */
  ClientRequest first(ClientRequest asked, long limit);

  /** What there is from a place on, so many bytes of it. */
  ClientRequest piece(ClientRequest asked, Place from, long limit);

  /** A task's log. */
  record Log(String node, String allocation, String task, String type) implements Followed {
    @Override
    public ClientRequest tail(ClientRequest asked, Place from) {
      return asked.toBuilder().setLogs(at(from).setFollow(true)).build();
    }

    @Override
    public ClientRequest first(ClientRequest asked, long limit) {
      FsLogs.Builder logs = asked.getLogs().toBuilder().setFollow(false).setLimit(limit);
      return asked.toBuilder().setLogs(logs).build();
    }

    @Override
    public ClientRequest piece(ClientRequest asked, Place from, long limit) {
      return asked.toBuilder().setLogs(at(from).setLimit(limit)).build();
    }

    private FsLogs.Builder at(Place place) {
      return FsLogs.newBuilder()
          .setTask(task)
          .setType(type)
          .setFile(place.file())
          .setOffset(place.offset());
    }
  }

  /** A file. */
  record OneFile(String node, String allocation, String path) implements Followed {
    @Override
    public ClientRequest tail(ClientRequest asked, Place from) {
      return asked.toBuilder().setStream(at(from).setFollow(true)).build();
    }

    @Override
    public ClientRequest first(ClientRequest asked, long limit) {
      FsStream.Builder stream = asked.getStream().toBuilder().setFollow(false).setLimit(limit);
      return asked.toBuilder().setStream(stream).build();
    }

    @Override
    public ClientRequest piece(ClientRequest asked, Place from, long limit) {
      return asked.toBuilder().setStream(at(from).setLimit(limit)).build();
    }

    private FsStream.Builder at(Place place) {
      return FsStream.newBuilder().setPath(path).setOffset(place.offset()).setResumed(true);
    }
  }

  /** What a request to follow is about. */
  static Followed of(ClientRequest asked) {
    return switch (asked.getCallCase()) {
      case LOGS ->
          new Log(
              asked.getNodeId(),
              asked.getAllocId(),
              asked.getLogs().getTask(),
              asked.getLogs().getType());
      case STREAM ->
          new OneFile(asked.getNodeId(), asked.getAllocId(), asked.getStream().getPath());
      default -> throw new IllegalArgumentException("nothing to follow: " + asked.getCallCase());
    };
  }
}
