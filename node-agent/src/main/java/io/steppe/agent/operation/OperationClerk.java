package io.steppe.agent.operation;

import io.steppe.agent.alloc.AllocOperations;
import io.steppe.agent.check.Checks;
import io.steppe.agent.exec.ExecCalls;
import io.steppe.agent.gc.Collector;
import io.steppe.agent.metadata.DynamicMeta;
import io.steppe.agent.session.Answers;
import io.steppe.agent.session.FrameSink;
import io.steppe.diagnostics.Diagnostics;
import io.steppe.diagnostics.Listener;
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
  private final Collector collector;
  private final DynamicMeta meta;
  private final ExecCalls exec;
  private final Checks checks;
  private final Diagnostics diagnostics = new Diagnostics();

  public OperationClerk(
      AllocOperations operations,
      Collector collector,
      DynamicMeta meta,
      ExecCalls exec,
      Checks checks) {
    this.operations = operations;
    this.checks = checks;
    this.exec = exec;
    this.collector = collector;
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
      case CHECKS -> {
        operations.known(allocation);
        sink.send(ClientFrame.newBuilder().setChecks(checks.of(allocation)).build());
      }
      case EXEC -> exec.run(allocation, request.getExec(), sink);
      case GC -> {
        collector.collect(allocation);
        sink.send(DONE);
      }
      case GC_ALL -> {
        collector.collectAll();
        sink.send(DONE);
      }
      case HOST, MONITOR, PROFILE -> tell(request, sink);
      case METADATA -> sink.send(ClientFrame.newBuilder().setMetadata(meta.document()).build());
      case UPDATE_METADATA ->
          sink.send(
              ClientFrame.newBuilder()
                  .setMetadata(meta.apply(request.getUpdateMetadata().getMetaMap()))
                  .build());
      default -> throw Failure.invalid("a call this agent does not know");
    }
  }

  private void tell(ClientRequest request, FrameSink sink)
      throws FrameSink.Gone, InterruptedException {
    try {
      diagnostics.answer(request, new SinkListener(sink));
    } catch (Listener.Gone e) {
      throw new FrameSink.Gone();
    }
  }
}
