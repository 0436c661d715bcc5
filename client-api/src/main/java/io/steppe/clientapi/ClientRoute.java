package io.steppe.clientapi;

import static io.steppe.http.route.Gives.frames;
import static io.steppe.http.route.Gives.list;
import static io.steppe.http.route.Gives.one;
import static io.steppe.http.route.Gives.text;
import static io.steppe.http.route.Parameter.flag;
import static io.steppe.http.route.Parameter.id;
import static io.steppe.http.route.Parameter.number;
import static io.steppe.http.route.Parameter.text;

import io.steppe.acl.Access;
import io.steppe.acl.Right;
import io.steppe.http.route.Description;
import io.steppe.http.route.Gives;
import io.steppe.http.route.Parameter;
import io.steppe.http.route.Route;
import io.steppe.http.route.Trait;
import io.steppe.proto.v1.AllocFileInfo;
import io.steppe.proto.v1.AllocPauseRequest;
import io.steppe.proto.v1.AllocResourceUsage;
import io.steppe.proto.v1.AllocRestartRequest;
import io.steppe.proto.v1.AllocSignalRequest;
import io.steppe.proto.v1.ExecStreamInput;
import io.steppe.proto.v1.ExecStreamOutput;
import io.steppe.proto.v1.HostStats;
import io.steppe.proto.v1.NodeMetaApplyRequest;
import io.steppe.proto.v1.NodeMetadata;
import io.steppe.rpc.Kind;

/** What clients ask of a node. */
public enum ClientRoute implements Route {
  STATS(
      Description.any("/v1/client/stats", "What a node's machine uses")
          .needs(new Right.Node(Access.READ))
          .takes(node())
          .gives(one(HostStats.getDefaultInstance()))),
  METADATA(
      Description.get("/v1/client/metadata", "The labels of a node")
          .needs(new Right.Node(Access.READ))
          .takes(node())
          .gives(one(NodeMetadata.getDefaultInstance()))
          .refuses(Kind.INVALID, 400)),
  METADATA_UPDATE(
      Description.write("/v1/client/metadata", "Changes labels of a node")
          .needs(new Right.Node(Access.WRITE))
          .takes(node())
          .takes(NodeMetaApplyRequest.getDefaultInstance())
          .gives(one(NodeMetadata.getDefaultInstance()))
          .refuses(Kind.INVALID, 400)),
  GC(
      Description.any("/v1/client/gc", "Removes what finished allocations of a node left")
          .needs(new Right.Node(Access.WRITE))
          .takes(node())),
  ALLOCATION_STATS(
      Description.any("/v1/client/allocation/{alloc_id}/stats", "What an allocation uses")
          .needs(Right.namespace("read-job"))
          .takes(text("task", "Only this task"))
          .gives(one(AllocResourceUsage.getDefaultInstance()))),
  ALLOCATION_CHECKS(
      Description.any("/v1/client/allocation/{alloc_id}/checks", "The latest results of its checks")
          .needs(Right.namespace("read-job"))
          .gives(new Gives.Json("AllocCheckStatus by the check's id, or null"))),
  ALLOCATION_RESTART(
      Description.write("/v1/client/allocation/{alloc_id}/restart", "Starts tasks again")
          .needs(Right.namespace("alloc-lifecycle"))
          .takes(AllocRestartRequest.getDefaultInstance())
          .gives(new Gives.Json("{\"Index\":0}"))),
  ALLOCATION_SIGNAL(
      Description.write("/v1/client/allocation/{alloc_id}/signal", "Sends tasks a signal")
          .needs(Right.namespace("alloc-lifecycle"))
          .takes(AllocSignalRequest.getDefaultInstance())
          .gives(new Gives.Json("{\"Index\":0}"))),
  ALLOCATION_PAUSE_STATE(
      Description.get("/v1/client/allocation/{alloc_id}/pause", "Whether a task is held")
          .needs(Right.namespace("read-job"))
          .takes(text("task", "The task"))
          .gives(one(AllocPauseRequest.getDefaultInstance()))),
  ALLOCATION_PAUSE(
      Description.write("/v1/client/allocation/{alloc_id}/pause", "Holds a task, or lets it go on")
          .needs(Right.namespace("submit-job"))
          .takes(AllocPauseRequest.getDefaultInstance())
          .gives(new Gives.Json("{\"Index\":0}"))),
  ALLOCATION_GC(
      Description.any("/v1/client/allocation/{alloc_id}/gc", "Removes what it left")
          .needs(Right.namespace("submit-job"))),
  ALLOCATION_EXEC(
      Description.get("/v1/client/allocation/{alloc_id}/exec", "Runs a command in a task")
          .needs(Right.namespace("alloc-exec"))
          .takes(
              text("task", "The task"),
              text("command", "Program and arguments, as a JSON array"),
              flag("tty", "Whether it gets a terminal"),
              text("action", "Name of the job's action that it is"),
              text("job", "Job of the action"),
              flag("ws_handshake", "Whether the first message carries the token"))
          .gives(
              new Gives.Messages(
                  ExecStreamInput.getDefaultInstance(), ExecStreamOutput.getDefaultInstance()))
          .is(Trait.ENDLESS)
          .refuses(Kind.INVALID, 400)),
  FS_LIST(
      Description.any("/v1/client/fs/ls/{alloc_id}", "Entries of a directory")
          .needs(Right.namespace("read-fs"))
          .takes(path())
          .gives(list(AllocFileInfo.getDefaultInstance()))),
  FS_STAT(
      Description.any("/v1/client/fs/stat/{alloc_id}", "The entry of a file or directory")
          .needs(Right.namespace("read-fs"))
          .takes(path())
          .gives(one(AllocFileInfo.getDefaultInstance()))),
  FS_CAT(
      inBody(
          Description.any("/v1/client/fs/cat/{alloc_id}", "A file, whole")
              .needs(Right.namespace("read-fs"))
              .takes(path())
              .gives(text("Its bytes; in place of them, what is wrong")))),
  FS_READ_AT(
      inBody(
          Description.any("/v1/client/fs/readat/{alloc_id}", "A part of a file")
              .needs(Right.namespace("read-fs"))
              .takes(
                  path(),
                  number("offset", "Where the part begins"),
                  number("limit", "How long it is at most"))
              .gives(text("Its bytes; in place of them, what is wrong")))),
  FS_STREAM(
      Description.any("/v1/client/fs/stream/{alloc_id}", "A file, and what is added to it")
          .needs(Right.namespace("read-fs"))
          .takes(path(), follow(), offset(), origin())
          .gives(text("StreamFrame objects, one after the other; {} is a heartbeat"))
          .is(Trait.ENDLESS)
          .refuses(Kind.UNAUTHENTICATED, 403, "Permission denied")
          .refuses(Kind.NOT_FOUND, 400)
          .refuses(Kind.INVALID, 400)),
  FS_LOGS(
      Description.any("/v1/client/fs/logs/{alloc_id}", "What a task wrote, and goes on to write")
          .needs(Right.namespace("read-logs", "read-fs"))
          .takes(
              text("task", "The task"),
              text("type", "stdout or stderr"),
              follow(),
              offset(),
              origin(),
              flag("plain", "Bytes as they are, in place of frames"))
          .gives(frames("StreamFrame objects, one after the other; {} is a heartbeat"))
          .is(Trait.ENDLESS)
          .refuses(Kind.INVALID, 400));

  private final Description description;

  ClientRoute(Description description) {
    boolean asOthers = description.refusals().containsKey(Kind.UNAUTHENTICATED);
    this.description = asOthers ? description : description.readsTokensAtNode();
  }

  @Override
  public Description description() {
    return description;
  }

  private static Parameter node() {
    return id("node_id", "The node; on an agent's own port, its own where none is given");
  }

  private static Parameter path() {
    return text("path", "Where it is in the allocation's directory");
  }

  private static Parameter follow() {
    return flag("follow", "Whether to wait for more at the end");
  }

  private static Parameter offset() {
    return number("offset", "Bytes from the origin");
  }

  private static Parameter origin() {
    return text("origin", "start or end");
  }

  /** A reader of bytes is told of errors in their place. */
  private static Description inBody(Description description) {
    Description all = description;
    for (Kind kind : Kind.values()) {
      all =
          switch (kind) {
            case DENIED -> all.refuses(kind, 200, "Permission denied");
            case UNAUTHENTICATED -> all.readsTokens(200, "rpc error: %s");
            default -> all.refuses(kind, 200);
          };
    }
    return all;
  }
}
