package io.steppe.agent.exec;

import io.steppe.agent.alloc.AllocRunner;
import io.steppe.agent.alloc.Allocations;
import io.steppe.agent.driver.ExecPlace;
import io.steppe.agent.driver.ExecPlace.EngineProcess;
import io.steppe.agent.session.FrameSink;
import io.steppe.proto.v1.TaskState;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.Exec;
import java.io.IOException;
import java.util.concurrent.Semaphore;

/** Runs commands beside tasks, as operators ask for them. */
public final class ExecCalls {
  /** Commands under way at a time; each holds a few threads. */
  private static final int AT_ONCE = 64;

  private final Allocations allocations;
  private final Semaphore free = new Semaphore(AT_ONCE);

  public ExecCalls(Allocations allocations) {
    this.allocations = allocations;
  }

  /**
   * Runs a command until it ends or nobody listens any more; then it is killed.
   *
   * @throws Failure NOT_FOUND for an unknown allocation or a task that does not run, INVALID for an
   *     unknown task or no command
   */
  public void run(String allocation, Exec call, FrameSink sink)
      throws FrameSink.Gone, InterruptedException {
    AllocRunner runner =
        allocations
            .find(allocation)
            .orElseThrow(() -> Failure.notFound("Unknown allocation \"" + allocation + "\""));
    check(runner, call);
    if (!free.tryAcquire()) {
      throw Failure.unavailable("too many commands run on this node");
    }
    try (EngineProcess process = start(runner, call)) {
      new ExecSession(process, call.getTty(), sink).run();
    } finally {
      free.release();
    }
  }

  private static void check(AllocRunner runner, Exec call) {
    if (call.getTask().isEmpty()) {
      throw Failure.invalid("must provide task name");
    }
    if (call.getCommandCount() == 0 || call.getCommand(0).isEmpty()) {
      throw Failure.invalid("command is not present");
    }
    TaskState state = runner.report().getTaskStatesMap().get(call.getTask());
    if (state == null) {
      throw Failure.invalid("unknown task name \"" + call.getTask() + "\"");
    }
    if (state.getStartedAt() == 0) {
      throw Failure.notFound("task \"" + call.getTask() + "\" not started yet.");
    }
  }

  private static EngineProcess start(AllocRunner runner, Exec call) throws InterruptedException {
    try {
      return switch (runner.placeBeside(call.getTask())) {
        case ExecPlace.OfMachine place ->
            MachineProcess.start(place, call.getCommandList(), call.getTty());
        case ExecPlace.OfEngine(ExecPlace.EngineExec engine) ->
            engine.start(call.getCommandList(), call.getTty());
      };
    } catch (IOException e) {
      throw Failure.invalid("failed to exec into task: " + e.getMessage());
    }
  }
}
