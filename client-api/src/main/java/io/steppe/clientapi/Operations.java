package io.steppe.clientapi;

import io.steppe.http.Request;
import io.steppe.http.failure.Refusal;
import io.steppe.json.Json;
import io.steppe.proto.v1.AllocPauseRequest;
import io.steppe.proto.v1.AllocRestartRequest;
import io.steppe.proto.v1.AllocSignalRequest;
import io.steppe.proto.v1.NodeMetaApplyRequest;
import io.steppe.rpc.v1.AllocGc;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.GetPause;
import io.steppe.rpc.v1.HostGc;
import io.steppe.rpc.v1.MetadataUpdate;
import io.steppe.rpc.v1.PauseTask;
import io.steppe.rpc.v1.RestartTasks;
import io.steppe.rpc.v1.SignalTasks;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;

/** What agents are told to do. */
@ApplicationScoped
class Operations {
  /** What changes nothing in the log has index 0. */
  private static final byte[] DONE = "{\"Index\":0}".getBytes(StandardCharsets.UTF_8);

  private final NodeCalls calls;

  Operations(NodeCalls calls) {
    this.calls = calls;
  }

  /** Starts tasks of an allocation again. */
  byte[] restart(Request request, String id) throws InterruptedException {
    AllocRestartRequest wish = request.optionalBody(AllocRestartRequest.getDefaultInstance());
    return done(
        calls
            .ofAllocation(request, ClientRoute.ALLOCATION_RESTART, id)
            .setRestart(
                RestartTasks.newBuilder()
                    .setTask(wish.getTaskName())
                    .setAllTasks(wish.getAllTasks())));
  }

  /** Sends tasks of an allocation a signal. */
  byte[] signal(Request request, String id) throws InterruptedException {
    AllocSignalRequest wish;
    try {
      wish = request.body(AllocSignalRequest.getDefaultInstance());
    } catch (Refusal refusal) {
      throw new Refusal(refusal.status(), "Failed to decode body: " + refusal.getMessage());
    }
    return done(
        calls
            .ofAllocation(request, ClientRoute.ALLOCATION_SIGNAL, id)
            .setSignal(
                SignalTasks.newBuilder().setTask(wish.getTask()).setSignal(wish.getSignal())));
  }

  /** Holds a task of an allocation, or lets it go on. */
  byte[] pause(Request request, String id) throws InterruptedException {
    AllocPauseRequest wish = request.body(AllocPauseRequest.getDefaultInstance());
    return done(
        calls
            .ofAllocation(request, ClientRoute.ALLOCATION_PAUSE, id)
            .setPause(
                PauseTask.newBuilder()
                    .setTask(wish.getTask())
                    .setScheduleState(wish.getScheduleState())));
  }

  /** Whether a task of an allocation is held. */
  byte[] pauseState(Request request, String id) throws InterruptedException {
    ClientRequest.Builder call =
        calls
            .ofAllocation(request, ClientRoute.ALLOCATION_PAUSE_STATE, id)
            .setGetPause(GetPause.newBuilder().setTask(request.query().text("task")));
    String state = calls.one(call).getPause().getScheduleState();
    return Json.write(
        AllocPauseRequest.newBuilder()
            .setTask(request.query().text("task"))
            .setScheduleState(state)
            .build());
  }

  /** Removes what a finished allocation left. */
  void gc(Request request, String id) throws InterruptedException {
    calls.one(
        calls
            .ofAllocation(request, ClientRoute.ALLOCATION_GC, id)
            .setGc(AllocGc.getDefaultInstance()));
  }

  /** Removes what all finished allocations of a node left. */
  void gcAll(Request request) throws InterruptedException {
    calls.ofHost(
        request,
        calls
            .ofNode(request, ClientRoute.GC, request.query().text("node_id"))
            .setGcAll(HostGc.getDefaultInstance()));
  }

  /** Changes labels of a node; tells all of them. */
  byte[] updateMetadata(Request request) throws InterruptedException {
    NodeMetaApplyRequest wish = request.body(NodeMetaApplyRequest.getDefaultInstance());
    if (wish.getMetaCount() == 0) {
      throw Refusal.badRequest("missing required Meta object");
    }
    String given = request.query().text("node_id");
    ClientRequest.Builder call =
        calls
            .ofNode(
                request, ClientRoute.METADATA_UPDATE, given.isEmpty() ? wish.getNodeId() : given)
            .setUpdateMetadata(MetadataUpdate.newBuilder().putAllMeta(wish.getMetaMap()));
    return Json.write(calls.ofHost(request, call).getMetadata());
  }

  private byte[] done(ClientRequest.Builder call) throws InterruptedException {
    calls.one(call);
    return DONE.clone();
  }
}
