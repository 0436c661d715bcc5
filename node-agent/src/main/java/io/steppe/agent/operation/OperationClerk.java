package io.steppe.agent.operation;

import io.steppe.agent.alloc.AllocOperations;
import io.steppe.agent.metadata.DynamicMeta;
import io.steppe.agent.session.Answers;
import io.steppe.agent.session.FrameSink;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ClientFrame;
import io.steppe.rpc.v1.ClientRequest;
import io.steppe.rpc.v1.Done;
import io.steppe.rpc.v1.PauseState;

/** Does what operators ask of this node and its allocations. */
public final class OperationClerk implements Answers.Clerk {
  private static final ClientFrame DONE =
      ClientFrame.newBuilder().setDone(Done.getDefaultInstance()).build();

  private final AllocOperations operations;
  private final DynamicMeta meta;

  public OperationClerk(AllocOperations operations, DynamicMeta meta) {
    this.operations = operations;
    this.meta = meta;
  }

  @Override
  public void answer(ClientRequest request, FrameSink sink)
      throws FrameSink.Gone, InterruptedException {
    String allocation = request.getAllocId();
    switch (request.getCallCase()) {
      case RESTART -> {
        var call = request.getRestart();
        operations.restart(allocation, call.getTask(), call.getAllTasks());
        sink.send(DONE);
      }
      case SIGNAL -> {
        var call = request.getSignal();
        operations.signal(allocation, call.getTask(), call.getSignal());
        sink.send(DONE);
      }
      case PAUSE -> {
        var call = request.getPause();
        operations.pause(allocation, call.getTask(), call.getScheduleState());
        sink.send(DONE);
      }
      case GET_PAUSE -> {
        String state = operations.paused(allocation, request.getGetPause().getTask());
        sink.send(
            ClientFrame.newBuilder()
                .setPause(PauseState.newBuilder().setScheduleState(state))
                .build());
      }
      case METADATA -> sink.send(ClientFrame.newBuilder().setMetadata(meta.document()).build());
      case UPDATE_METADATA ->
          sink.send(
              ClientFrame.newBuilder()
                  .setMetadata(meta.apply(request.getUpdateMetadata().getMetaMap()))
                  .build());
      default -> throw Failure.invalid("a call this agent does not know");
    }
  }
}
