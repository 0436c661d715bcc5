package io.steppe.agent.alloc;

import io.steppe.proto.v1.AllocNetworkStatus;
import io.steppe.proto.v1.Allocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The allocations of this node: brings what runs here to what the control plane wants to run here.
 */
public final class Allocations {
  private static final Logger LOG = Logger.getLogger(Allocations.class);
  private static final Pattern ID = Pattern.compile("[0-9A-Za-z-]{1,64}");

  private final Surroundings around;
  private final Reports reports;
  private final AllocWatcher watcher;
  private final Map<String, AllocRunner> runners = new ConcurrentHashMap<>();
  private volatile Runnable listener = () -> {};

  /**
   * @param watcher hears where each stands
   */
  public Allocations(Surroundings around, Reports reports, AllocWatcher watcher) {
    this.watcher = watcher;
    this.around = around;
    this.reports = reports;
  }

  /** Calls the listener when an allocation came or finished. */
  public void listen(Runnable changed) {
    listener = changed;
  }

  /** Finds what an earlier agent left and goes on with it. */
  public void restore() throws IOException {
    Files.createDirectories(around.allocations());
    Files.createDirectories(around.states());
    List<Path> folders;
    try (Stream<Path> list = Files.list(around.states())) {
      folders = list.sorted().toList();
    }
    for (Path folder : folders) {
      restore(folder);
    }
    runners.values().forEach(this::resume);
    if (!folders.isEmpty()) {
      LOG.infof("found %d allocations on this node", runners.size());
    }
  }

  private void restore(Path folder) {
    String id = folder.getFileName().toString();
    try {
      Optional<Allocation> allocation = new AllocStore(folder).allocation();
      if (allocation.isEmpty()) {
        Folders.remove(folder);
        return;
      }
      runners.put(id, runner(allocation.get()));
    } catch (IOException e) {
      LOG.errorf(e, "allocation %s can't be read back and is forgotten", id);
    }
  }

  private void resume(AllocRunner runner) {
    try {
      runner.resume();
    } catch (IOException e) {
      LOG.errorf(e, "allocation %s can't be read back and is forgotten", runner.id());
      runners.remove(runner.id());
    }
  }

  private AllocRunner runner(Allocation allocation) {
    return new AllocRunner(
        allocation, around, reports, this::before, watcher, () -> listener.run());
  }

  private Optional<Predecessors.Awaited> before(Allocation allocation) {
    return find(allocation.getPreviousAllocation())
        .filter(one -> Predecessors.collides(allocation))
        .map(one -> new Predecessors.Awaited(one.allocation(), one.finished()));
  }

  /** Takes all that the node is to run: what is not named is gone. */
  public synchronized void applyAll(Collection<Allocation> wanted) {
    Map<String, Allocation> byId = new LinkedHashMap<>();
    wanted.forEach(allocation -> byId.put(allocation.getId(), allocation));
    List.copyOf(runners.keySet()).stream()
        .filter(id -> !byId.containsKey(id))
        .forEach(this::forget);
    byId.values().forEach(this::apply);
    byId.values().forEach(this::tellIfDifferent);
  }

  /** Takes changes. */
  public synchronized void applyChanges(
      Collection<Allocation> changed, Collection<String> removed) {
    removed.forEach(this::forget);
    changed.forEach(this::apply);
  }

  private void apply(Allocation wanted) {
    if (!ID.matcher(wanted.getId()).matches()) {
      LOG.errorf("an allocation with id %s is refused", wanted.getId());
      return;
    }
    AllocRunner runner = runners.get(wanted.getId());
    boolean over = List.of("complete", "failed", "lost").contains(wanted.getClientStatus());
    if (runner != null) {
      if (isNews(runner.allocation(), wanted)) {
        runner.update(wanted);
      }
    } else if (wanted.getDesiredStatus().equals("run") && !over) {
      AllocRunner fresh = runner(wanted);
      runners.put(wanted.getId(), fresh);
      fresh.begin();
      listener.run();
    } else if (!over) {
      reports.changed(neverRan(wanted), true);
    }
  }

  /**
   * The control plane sends an allocation again when its client side changed; that is no news here.
   */
  private static boolean isNews(Allocation known, Allocation next) {
    return next.getAllocModifyIndex() > known.getAllocModifyIndex()
        || !next.getDesiredStatus().equals(known.getDesiredStatus())
        || !next.getDesiredTransition().equals(known.getDesiredTransition());
  }

  private static Allocation neverRan(Allocation wanted) {
    return Allocation.newBuilder()
        .setId(wanted.getId())
        .setNamespace(wanted.getNamespace())
        .setJobId(wanted.getJobId())
        .setNodeId(wanted.getNodeId())
        .setClientStatus(ClientStatus.COMPLETE.status())
        .setClientDescription(ClientStatus.COMPLETE.description())
        .putAllTaskStates(wanted.getTaskStatesMap())
        .setNetworkStatus(AllocNetworkStatus.getDefaultInstance())
        .build();
  }

  private void tellIfDifferent(Allocation theirs) {
    AllocRunner runner = runners.get(theirs.getId());
    if (runner == null) {
      return;
    }
    Allocation ours = runner.report();
    boolean same =
        ours.getClientStatus().equals(theirs.getClientStatus())
            && ours.getTaskStatesMap().equals(theirs.getTaskStatesMap())
            && ours.getDeploymentStatus().hasHealthy() == theirs.getDeploymentStatus().hasHealthy();
    if (!same) {
      reports.changed(ours, true);
    }
  }

  /** The control plane does not know it any more: ends it and removes its folders. */
  private void forget(String id) {
    AllocRunner runner = runners.get(id);
    if (runner == null) {
      return;
    }
    LOG.infof("allocation %s is not known any more and is removed", id);
    runner.stop(true);
    runner
        .finished()
        .thenRun(
            () -> {
              runners.remove(id, runner);
              runner.remove();
            });
  }

  /** Finished ones that nobody needs any more, the oldest first. */
  public List<AllocRunner> collectable() {
    Set<String> awaited = new HashSet<>();
    runners.values().stream()
        .filter(runner -> !runner.prepared())
        .forEach(runner -> awaited.add(runner.allocation().getPreviousAllocation()));
    return runners.values().stream()
        .filter(AllocRunner::isFinished)
        .filter(runner -> reports.told(runner.id()) && !awaited.contains(runner.id()))
        .sorted(Comparator.comparingLong(Allocations::finishedAt))
        .toList();
  }

  /** Forgets a finished one and removes its folders; completes when they are gone. */
  public CompletableFuture<Void> collect(AllocRunner finished) {
    runners.remove(finished.id(), finished);
    return finished.remove();
  }

  /** How many the node knows, finished ones too. */
  public int known() {
    return runners.size();
  }

  private static long finishedAt(AllocRunner runner) {
    return runner.report().getTaskStatesMap().values().stream()
        .mapToLong(state -> state.getFinishedAt())
        .max()
        .orElse(0);
  }

  public Optional<AllocRunner> find(String id) {
    return Optional.ofNullable(runners.get(id));
  }

  /** How many are not finished. */
  public long running() {
    return runners.values().stream().filter(runner -> !runner.isFinished()).count();
  }

  /**
   * Ends all tasks at once, to be started anew by the next agent; waits no longer than the limit.
   */
  public void interruptAll(Duration limit) {
    await(runners.values().stream().map(AllocRunner::interrupt).toList(), limit, "tasks still run");
  }

  /** Lets go of everything, leaving tasks as they are. */
  public void close(Duration limit) {
    await(
        runners.values().stream().map(AllocRunner::close).toList(),
        limit,
        "allocations are still busy");
  }

  private static void await(List<CompletableFuture<Void>> all, Duration limit, String late) {
    try {
      CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
          .get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.warnf("%s after %s", late, limit);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      LOG.error("ending the allocations", e);
    }
  }
}
