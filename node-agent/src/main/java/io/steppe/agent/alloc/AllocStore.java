package io.steppe.agent.alloc;

import com.google.protobuf.ByteString;
import io.steppe.agent.alloc.AllocModel.Health;
import io.steppe.agent.alloc.AllocModel.Phase;
import io.steppe.agent.alloc.AllocModel.Stop;
import io.steppe.agent.alloc.AllocModel.TaskModel;
import io.steppe.agent.alloc.AllocModel.Then;
import io.steppe.agent.task.RestartRule;
import io.steppe.agent.task.TaskEvents;
import io.steppe.agent.v1.StoredState;
import io.steppe.agent.v1.StoredStop;
import io.steppe.agent.v1.StoredTask;
import io.steppe.proto.v1.AllocDeploymentStatus;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.TaskState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the agent keeps of one allocation: the allocation as the control plane sent it, where it
 * stands, and a home for each task. Files are replaced whole, so that an agent killed at any
 * instant leaves the old or the new.
 */
final class AllocStore {
  private final Path folder;

  AllocStore(Path folder) {
    this.folder = folder;
  }

  /** The folder of a task that is the agent's own: spools, pids, exit codes. */
  Path home(String task) {
    return folder.resolve("tasks").resolve(task);
  }

  void create() throws IOException {
    Files.createDirectories(folder.resolve("tasks"));
  }

  void save(Allocation allocation) throws IOException {
    replace("allocation.pb", allocation.toByteArray());
  }

  Optional<Allocation> allocation() throws IOException {
    Optional<byte[]> bytes = read("allocation.pb");
    return bytes.isEmpty() ? Optional.empty() : Optional.of(Allocation.parseFrom(bytes.get()));
  }

  void save(AllocModel model) throws IOException {
    replace("state.pb", stored(model).toByteArray());
  }

  /** Where it stood; empty when it was never written. */
  Optional<AllocModel> model(GroupSpec spec) throws IOException {
    Optional<byte[]> bytes = read("state.pb");
    return bytes.isEmpty()
        ? Optional.empty()
        : Optional.of(model(spec, StoredState.parseFrom(bytes.get())));
  }

  /** Notes that the agent itself ended all runs, and they are to begin anew. */
  void markInterrupted() throws IOException {
    Files.write(folder.resolve("interrupted"), new byte[0]);
  }

  boolean interrupted() {
    return Files.exists(folder.resolve("interrupted"));
  }

  void clearInterrupted() throws IOException {
    Files.deleteIfExists(folder.resolve("interrupted"));
  }

  private void replace(String name, byte[] bytes) throws IOException {
    Path next = folder.resolve(name + ".new");
    Files.write(next, bytes);
    Files.move(next, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private Optional<byte[]> read(String name) throws IOException {
    try {
      return Optional.of(Files.readAllBytes(folder.resolve(name)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private static StoredState stored(AllocModel model) {
    StoredState.Builder state =
        StoredState.newBuilder()
            .setPrepared(model.prepared())
            .setStopping(model.stopping())
            .setWithoutDelay(model.withoutDelay())
            .setHealthOf(model.health().of());
    model
        .health()
        .deadline()
        .ifPresent(deadline -> state.setHealthDeadline(TaskEvents.nanos(deadline)));
    model.health().status().ifPresent(status -> state.setDeploymentStatus(status.toByteString()));
    model.tasks().forEach((name, task) -> state.putTasks(name, stored(task)));
    return state.build();
  }

  private static StoredTask stored(TaskModel task) {
    StoredTask.Builder stored =
        StoredTask.newBuilder()
            .setState(task.state().toByteString())
            .setRun(task.run())
            .setRestartsInInterval(task.count().restarts())
            .setIntervalBegan(TaskEvents.nanos(task.count().began()));
    switch (task.phase()) {
      case Phase.Waiting() -> stored.setPhase(StoredTask.Phase.WAITING);
      case Phase.Starting() -> stored.setPhase(StoredTask.Phase.STARTING);
      case Phase.Running() -> stored.setPhase(StoredTask.Phase.RUNNING);
      case Phase.BackingOff(Instant until) ->
          stored.setPhase(StoredTask.Phase.BACKING_OFF).setBackoffUntil(TaskEvents.nanos(until));
      case Phase.Dead() -> stored.setPhase(StoredTask.Phase.DEAD);
    }
    task.stop().ifPresent(stop -> stored.setStop(stored(stop)));
    return stored.build();
  }

  private static StoredStop stored(Stop stop) {
    return StoredStop.newBuilder()
        .setSignalAt(TaskEvents.nanos(stop.signalAt()))
        .setSignaled(stop.signaled())
        .setForceAt(TaskEvents.nanos(stop.forceAt()))
        .setForced(stop.forced())
        .setThen(
            switch (stop.then()) {
              case END -> StoredStop.Then.END;
              case AGAIN -> StoredStop.Then.AGAIN;
              case AFRESH -> StoredStop.Then.AFRESH;
              case BY_POLICY -> StoredStop.Then.BY_POLICY;
              case PAUSE -> StoredStop.Then.PAUSE;
            })
        .build();
  }

  private static Then then(StoredStop.Then stored) {
    return switch (stored) {
      case END, UNRECOGNIZED -> Then.END;
      case AGAIN -> Then.AGAIN;
      case AFRESH -> Then.AFRESH;
      case BY_POLICY -> Then.BY_POLICY;
      case PAUSE -> Then.PAUSE;
    };
  }

  private static AllocModel model(GroupSpec spec, StoredState stored) throws IOException {
    Map<String, TaskModel> tasks = new LinkedHashMap<>();
    for (var task : spec.tasks()) {
      StoredTask of = stored.getTasksMap().get(task.name());
      if (of == null) {
        throw new IOException("its state knows no task " + task.name());
      }
      tasks.put(task.name(), model(of));
    }
    ByteString status = stored.getDeploymentStatus();
    Health health =
        new Health(
            stored.getHealthOf(),
            stored.getHealthDeadline() == 0
                ? Optional.empty()
                : Optional.of(TaskEvents.instant(stored.getHealthDeadline())),
            status.isEmpty()
                ? Optional.empty()
                : Optional.of(AllocDeploymentStatus.parseFrom(status)));
    return new AllocModel(
        tasks,
        stored.getPrepared(),
        stored.getStopping(),
        stored.getWithoutDelay(),
        Optional.empty(),
        health);
  }

  private static TaskModel model(StoredTask stored) throws IOException {
    Phase phase =
        switch (stored.getPhase()) {
          case STARTING -> new Phase.Starting();
          case RUNNING -> new Phase.Running();
          case BACKING_OFF -> new Phase.BackingOff(TaskEvents.instant(stored.getBackoffUntil()));
          case DEAD -> new Phase.Dead();
          case WAITING, UNRECOGNIZED -> new Phase.Waiting();
        };
    StoredStop stop = stored.getStop();
    return new TaskModel(
        phase,
        stored.getRun(),
        new RestartRule.Count(
            stored.getRestartsInInterval(), TaskEvents.instant(stored.getIntervalBegan())),
        stored.hasStop()
            ? Optional.of(
                new Stop(
                    TaskEvents.instant(stop.getSignalAt()),
                    stop.getSignaled(),
                    TaskEvents.instant(stop.getForceAt()),
                    stop.getForced(),
                    then(stop.getThen())))
            : Optional.empty(),
        TaskState.parseFrom(stored.getState()));
  }
}
