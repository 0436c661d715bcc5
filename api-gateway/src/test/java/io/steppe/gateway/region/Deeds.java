package io.steppe.gateway.region;

import io.steppe.proto.v1.AllocCheckStatus;
import io.steppe.proto.v1.AllocCheckStatuses;
import io.steppe.proto.v1.NodeMetadata;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.Done;
import io.steppe.rpc.v1.PauseState;

/** What agents in memory do when they are told to: they know one task, {@code web}. */
final class Deeds {
  private static final ClientFrame DONE =
      ClientFrame.newBuilder().setDone(Done.getDefaultInstance()).build();

  private Deeds() {}

  /** The answer; a failure where the agent would refuse. */
  static ClientFrame of(ClientRequest request) {
    return switch (request.getCallCase()) {
      case RESTART ->
          done(request.getRestart().getTask(), "Could not find task runner for task: nope");
      case SIGNAL -> done(request.getSignal().getTask(), "Task not found");
      case PAUSE -> DONE;
      case GET_PAUSE ->
          ClientFrame.newBuilder()
              .setPause(PauseState.newBuilder().setScheduleState("force_pause"))
              .build();
      case CHECKS ->
          ClientFrame.newBuilder()
              .setChecks(
                  AllocCheckStatuses.newBuilder()
                      .putChecks("c1", AllocCheckStatus.newBuilder().setId("c1").build()))
              .build();
      case GC ->
          throw new Failure(
              io.steppe.rpc.Kind.CONFLICT,
              "No such allocation on client, or allocation not eligible for GC");
      case GC_ALL -> DONE;
      case METADATA -> metadata(NodeMetadata.newBuilder().putMeta("rack", "r1"));
      case UPDATE_METADATA -> {
        if (request.getUpdateMetadata().containsMeta("a b")) {
          throw Failure.invalid(
              "\"a b\" is invalid; metadata keys must be valid dotted hcl identifiers");
        }
        yield metadata(
            NodeMetadata.newBuilder().putAllDynamic(request.getUpdateMetadata().getMetaMap()));
      }
      default -> throw Failure.invalid("no call");
    };
  }

  private static ClientFrame metadata(NodeMetadata.Builder metadata) {
    return ClientFrame.newBuilder().setMetadata(metadata).build();
  }

  private static ClientFrame done(String task, String refusal) {
    if (task.equals("nope")) {
      throw Failure.invalid(refusal);
    }
    return DONE;
  }
}
