package io.steppe.agent.alloc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.steppe.agent.alloc.AllocModel.Phase;
import io.steppe.agent.alloc.AllocModel.TaskModel;
import io.steppe.agent.alloc.GroupSpec.HealthSpec;
import io.steppe.agent.alloc.GroupSpec.Hook;
import io.steppe.agent.alloc.GroupSpec.TaskSpec;
import io.steppe.agent.task.Exit;
import io.steppe.agent.task.RestartRule;
import io.steppe.proto.v1.TaskEvent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AllocLifeTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private GroupSpec spec;
  private AllocModel model;
  private final List<Effect> effects = new ArrayList<>();

  private static TaskSpec task(
      String name, Hook hook, boolean sidecar, boolean leader, int attempts, boolean endless) {
    RestartRule rule =
        new RestartRule(attempts, Duration.ofMinutes(1), SECOND, RestartRule.Mode.FAIL, endless);
    return new TaskSpec(
        name, hook, sidecar, leader, rule, Duration.ofSeconds(5), "", Duration.ZERO);
  }

  private static TaskSpec main(String name) {
    return task(name, Hook.MAIN, false, false, 0, false);
  }

  private void begin(Optional<HealthSpec> health, TaskSpec... tasks) {
    spec = new GroupSpec(List.of(tasks), health);
    model = AllocModel.fresh(spec, now);
    take(new Input.Received());
    assertEquals(List.of(new Effect.Prepare()), effects);
    take(new Input.Prepared());
  }

  /** Takes an input; what it calls for is in {@link #effects} until the next. */
  private void take(Input input) {
    AllocLife.Step step = AllocLife.step(spec, model, input, now, () -> 0);
    model = step.model();
    effects.clear();
    effects.addAll(step.effects());
  }

  private void started(String task) {
    take(new Input.Started(task, model.tasks().get(task).run()));
  }

  private void exited(String task, int code) {
    take(new Input.Exited(task, model.tasks().get(task).run(), new Exit(code, 0, "")));
  }

  private void later(Duration time) {
    now = now.plus(time);
    take(new Input.Look());
  }

  private List<String> events(String task) {
    return model.tasks().get(task).state().getEventsList().stream()
        .map(TaskEvent::getType)
        .toList();
  }

  @Test
  void hooksRunInTheirOrder() {
    begin(
        Optional.empty(),
        task("clean", Hook.POSTSTOP, false, false, 0, false),
        main("main"),
        task("side", Hook.PRESTART, true, false, 0, false),
        task("init", Hook.PRESTART, false, false, 0, false),
        task("after", Hook.POSTSTART, false, false, 0, false));
    assertEquals(
        Set.of(new Effect.Start("side", 1), new Effect.Start("init", 1)), new HashSet<>(effects));
    started("side");
    started("init");
    assertEquals(List.of(), effects);
    exited("init", 0);
    assertEquals(List.of(new Effect.Start("main", 1)), effects);
    started("main");
    assertEquals(List.of(new Effect.Start("after", 1)), effects);
    started("after");
    exited("after", 0);
    exited("main", 0);
    assertEquals(List.of(new Effect.Signal("side", 1, "")), effects);
    assertTrue(events("side").contains("Main Tasks Dead"));
    exited("side", 130);
    assertEquals(List.of(new Effect.Start("clean", 1)), effects);
    started("clean");
    assertFalse(model.finished());
    exited("clean", 0);
    assertTrue(model.finished());
    assertEquals(
        ClientStatus.COMPLETE,
        ClientStatus.of(model.tasks().values().stream().map(TaskModel::state).toList()));
  }

  @Test
  void aFailedPrestartFailsTheGroup() {
    begin(Optional.empty(), task("init", Hook.PRESTART, false, false, 0, false), main("main"));
    started("init");
    exited("init", 1);
    assertTrue(model.finished());
    assertEquals(
        List.of("Received", "Task Setup", "Sibling Task Failed", "Killing", "Killed"),
        events("main"));
    assertEquals(
        ClientStatus.FAILED,
        ClientStatus.of(model.tasks().values().stream().map(TaskModel::state).toList()));
  }

  @Test
  void whenTheLeaderEndsTheOthersFollow() {
    begin(Optional.empty(), task("lead", Hook.MAIN, false, true, 0, false), main("other"));
    started("lead");
    started("other");
    exited("lead", 0);
    assertEquals(List.of(new Effect.Signal("other", 1, "")), effects);
    assertTrue(events("other").contains("Leader Task Dead"));
  }

  @Test
  void aStopEndsTheLeaderFirst() {
    begin(Optional.empty(), main("other"), task("lead", Hook.MAIN, false, true, 0, false));
    started("lead");
    started("other");
    take(new Input.Stop(false));
    assertEquals(List.of(new Effect.Signal("lead", 1, "")), effects);
    exited("lead", 130);
    assertEquals(List.of(new Effect.Signal("other", 1, "")), effects);
  }

  @Test
  void whoDoesNotListenIsKilled() {
    begin(Optional.empty(), main("deaf"));
    started("deaf");
    take(new Input.Stop(false));
    assertEquals(List.of(new Effect.Signal("deaf", 1, "")), effects);
    assertEquals(Optional.of(now.plusSeconds(5)), model.nextWake(spec));
    later(Duration.ofSeconds(5));
    assertEquals(List.of(new Effect.Kill("deaf", 1)), effects);
    take(new Input.Exited("deaf", 1, new Exit(137, 9, "")));
    assertEquals(
        List.of("Received", "Task Setup", "Started", "Killing", "Terminated", "Killed"),
        events("deaf"));
    assertFalse(model.tasks().get("deaf").failed());
  }

  @Test
  void aServiceTaskIsStartedAgainAfterItsDelay() {
    begin(Optional.empty(), task("web", Hook.MAIN, false, false, 1, true));
    started("web");
    exited("web", 0);
    assertEquals(Optional.of(now.plus(SECOND)), model.nextWake(spec));
    assertEquals("pending", model.tasks().get("web").state().getState());
    later(SECOND);
    assertEquals(List.of(new Effect.Start("web", 2)), effects);
    started("web");
    exited("web", 1);
    assertTrue(model.tasks().get("web").failed());
    assertEquals(1, model.tasks().get("web").state().getRestarts());
  }

  @Test
  void anOldRunsEndIsNoNews() {
    begin(Optional.empty(), task("web", Hook.MAIN, false, false, 3, true));
    started("web");
    exited("web", 1);
    later(SECOND);
    take(new Input.Exited("web", 1, new Exit(1, 0, "")));
    assertTrue(model.tasks().get("web").phase() instanceof Phase.Starting);
  }

  @Test
  void isHealthyAfterItsMinimumTimeAndOnce() {
    HealthSpec health =
        new HealthSpec("d1", Duration.ofSeconds(10), Duration.ofMinutes(5), true, false);
    begin(Optional.of(health), task("web", Hook.MAIN, false, false, 3, true));
    started("web");
    later(Duration.ofSeconds(9));
    assertTrue(model.health().status().isEmpty());
    assertEquals(Optional.of(now.plusSeconds(1)), model.nextWake(spec));
    later(SECOND);
    assertTrue(model.health().status().orElseThrow().getHealthy());
    assertTrue(model.health().status().orElseThrow().getCanary());
  }

  @Test
  void isHealthyOnlyWhenItsChecksPassedForAsLong() {
    HealthSpec health =
        new HealthSpec("d1", Duration.ofSeconds(10), Duration.ofMinutes(5), false, true);
    begin(Optional.of(health), task("web", Hook.MAIN, false, false, 3, true));
    started("web");
    later(Duration.ofSeconds(20));
    assertTrue(model.health().status().isEmpty());
    take(new Input.ChecksPass(true));
    later(Duration.ofSeconds(6));
    take(new Input.ChecksPass(false));
    later(SECOND);
    take(new Input.ChecksPass(true));
    later(Duration.ofSeconds(9));
    assertTrue(model.health().status().isEmpty());
    assertEquals(Optional.of(now.plusSeconds(1)), model.nextWake(spec));
    later(SECOND);
    assertTrue(model.health().status().orElseThrow().getHealthy());
  }

  @Test
  void aRestartBeginsTheWaitForHealthAgainUntilTheDeadline() {
    HealthSpec health =
        new HealthSpec("d1", Duration.ofSeconds(10), Duration.ofSeconds(14), false, false);
    begin(Optional.of(health), task("web", Hook.MAIN, false, false, 3, true));
    started("web");
    later(Duration.ofSeconds(8));
    exited("web", 1);
    later(SECOND);
    started("web");
    later(Duration.ofSeconds(5));
    assertFalse(model.health().status().orElseThrow().getHealthy());
  }

  @Test
  void aRestartIsNotCounted() {
    begin(Optional.empty(), task("web", Hook.MAIN, false, false, 1, true));
    started("web");
    for (int round = 1; round <= 3; round++) {
      take(new Input.Restart("", "User requested running tasks to restart"));
      assertEquals(List.of(new Effect.Signal("web", round, "")), effects);
      exited("web", 130);
      assertEquals(List.of(new Effect.Start("web", round + 1)), effects);
      started("web");
    }
    assertEquals(3, model.tasks().get("web").state().getRestarts());
    assertEquals(
        List.of("Restart Signaled", "Terminated", "Restarting", "Started"),
        events("web").subList(6, 10));
    exited("web", 1);
    assertEquals("pending", model.tasks().get("web").state().getState());
  }

  @Test
  void aDeafTaskIsKilledToBeRestarted() {
    begin(Optional.empty(), main("deaf"));
    started("deaf");
    take(new Input.Restart("deaf", "User requested task to restart"));
    later(Duration.ofSeconds(5));
    assertEquals(List.of(new Effect.Kill("deaf", 1)), effects);
    exited("deaf", 137);
    assertEquals(List.of(new Effect.Start("deaf", 2)), effects);
  }

  @Test
  void aStopOutdoesARestart() {
    begin(Optional.empty(), main("web"));
    started("web");
    take(new Input.Restart("web", "User requested task to restart"));
    take(new Input.Stop(false));
    assertEquals(List.of(), effects);
    exited("web", 130);
    assertTrue(model.finished());
    assertTrue(events("web").contains("Killing"));
  }

  @Test
  void aRestartOfAllGoesThroughTheLifeCycleAgain() {
    begin(
        Optional.empty(),
        task("init", Hook.PRESTART, false, false, 0, false),
        task("side", Hook.PRESTART, true, false, 0, true),
        main("web"),
        task("after", Hook.POSTSTART, false, false, 0, false));
    started("side");
    started("init");
    exited("init", 0);
    started("web");
    started("after");
    exited("after", 0);
    take(new Input.RestartAll("User requested all tasks to restart"));
    assertEquals(
        Set.of(new Effect.Signal("side", 1, ""), new Effect.Signal("web", 1, "")),
        new HashSet<>(effects));
    exited("web", 130);
    assertEquals(List.of(), effects);
    exited("side", 130);
    assertEquals(
        Set.of(new Effect.Start("init", 2), new Effect.Start("side", 2)), new HashSet<>(effects));
    started("init");
    started("side");
    exited("init", 0);
    assertEquals(List.of(new Effect.Start("web", 2)), effects);
    started("web");
    assertEquals(List.of(new Effect.Start("after", 2)), effects);
  }

  @Test
  void anUnhealthyTaskSpendsAnAttempt() {
    begin(Optional.empty(), task("web", Hook.MAIN, false, false, 1, true));
    started("web");
    take(new Input.Unhealthy("web", 1, "healthcheck: check \"alive\" unhealthy"));
    exited("web", 0);
    assertEquals(Optional.of(now.plus(SECOND)), model.nextWake(spec));
    later(SECOND);
    started("web");
    take(new Input.Unhealthy("web", 1, "of the run before"));
    assertEquals(List.of(), effects);
    take(new Input.Unhealthy("web", 2, "healthcheck: check \"alive\" unhealthy"));
    exited("web", 0);
    assertTrue(model.tasks().get("web").failed());
  }

  @Test
  void aPausedTaskStaysAwayUntilItMayRun() {
    begin(Optional.empty(), task("web", Hook.MAIN, false, false, 0, true));
    started("web");
    take(new Input.Pause("web", Paused.FORCED));
    assertEquals(List.of(new Effect.Signal("web", 1, "")), effects);
    exited("web", 130);
    later(Duration.ofHours(1));
    assertEquals(List.of(), effects);
    assertEquals(Optional.empty(), model.nextWake(spec));
    assertEquals("force_pause", model.tasks().get("web").state().getPaused());
    assertFalse(model.tasks().get("web").failed());
    take(new Input.Pause("web", Paused.FORCED_RUN));
    assertEquals(List.of(new Effect.Start("web", 2)), effects);
  }

  @Test
  void whatCantBeDoneSaysWhy() {
    begin(Optional.empty(), main("web"));
    assertEquals(
        Optional.of("Task not running"), Refusals.of(spec, model, new Input.Restart("web", "")));
    started("web");
    assertEquals(Optional.empty(), Refusals.of(spec, model, new Input.Restart("web", "")));
    assertEquals(
        Optional.of("Could not find task runner for task: nope"),
        Refusals.of(spec, model, new Input.Restart("nope", "")));
    assertEquals(
        Optional.of("Task not found"),
        Refusals.of(spec, model, new Input.Signal("nope", "SIGHUP")));
    exited("web", 0);
    assertEquals(
        Optional.of("Task not running"), Refusals.of(spec, model, new Input.RestartAll("")));
    take(new Input.RestartAll(""));
    assertTrue(model.finished());
  }

  /**
   * Whatever happens in whatever order: no task runs twice at a time, and after a stop all comes to
   * its end.
   */
  @Property(tries = 500)
  void everyLifeComesToItsEnd(@ForAll long seed) {
    Random random = new Random(seed);
    TaskSpec[] tasks = new TaskSpec[1 + random.nextInt(5)];
    for (int i = 0; i < tasks.length; i++) {
      Hook hook = i == 0 ? Hook.MAIN : Hook.values()[random.nextInt(4)];
      boolean sidecar = (hook == Hook.PRESTART || hook == Hook.POSTSTART) && random.nextBoolean();
      tasks[i] =
          task(
              "t" + i,
              hook,
              sidecar,
              hook == Hook.MAIN && random.nextInt(4) == 0,
              random.nextInt(3),
              random.nextBoolean());
    }
    begin(Optional.empty(), tasks);
    Map<String, Integer> alive = new HashMap<>();
    follow(alive);
    for (int turn = 0; turn < 40; turn++) {
      act(random, alive);
    }
    take(new Input.Stop(random.nextBoolean()));
    follow(alive);
    for (int turn = 0; turn < 200 && !model.finished(); turn++) {
      alive.keySet().stream()
          .findAny()
          .ifPresentOrElse(task -> end(random, alive, task), () -> waitLonger(alive));
    }
    assertTrue(model.finished(), model.toString());
    assertTrue(alive.isEmpty());
  }

  private void waitLonger(Map<String, Integer> alive) {
    later(Duration.ofSeconds(2));
    follow(alive);
  }

  private void act(Random random, Map<String, Integer> alive) {
    if (random.nextInt(4) == 0) {
      take(wish(random));
      follow(alive);
      return;
    }
    List<String> running = List.copyOf(alive.keySet());
    if (running.isEmpty() || random.nextInt(3) == 0) {
      waitLonger(alive);
      return;
    }
    end(random, alive, running.get(random.nextInt(running.size())));
  }

  private Input wish(Random random) {
    String task = "t" + random.nextInt(model.tasks().size());
    return switch (random.nextInt(7)) {
      case 0 -> new Input.Restart(task, "asked for");
      case 1 -> new Input.Restart("", "asked for");
      case 2 -> new Input.RestartAll("asked for");
      case 3 -> new Input.Signal(task, "SIGHUP");
      case 4 -> new Input.Unhealthy(task, model.tasks().get(task).run(), "unhealthy");
      case 5 -> new Input.Pause(task, Paused.FORCED);
      default -> new Input.Pause(task, random.nextBoolean() ? Paused.NO : Paused.FORCED_RUN);
    };
  }

  private void end(Random random, Map<String, Integer> alive, String task) {
    int run = alive.get(task);
    boolean begun = model.tasks().get(task).running();
    if (!begun && random.nextBoolean()) {
      take(new Input.Started(task, run));
    } else if (!begun && random.nextBoolean()) {
      alive.remove(task);
      take(new Input.StartFailed(task, run, "no", random.nextBoolean()));
    } else {
      alive.remove(task);
      take(new Input.Exited(task, run, new Exit(random.nextInt(2), 0, "")));
    }
    follow(alive);
  }

  private void follow(Map<String, Integer> alive) {
    for (Effect effect : effects) {
      switch (effect) {
        case Effect.Start(String task, int run) -> {
          assertEquals(null, alive.put(task, run), task + " runs already");
          assertFalse(Paused.holds(model.tasks().get(task).state()), task + " is held");
        }
        case Effect.Signal(String task, int run, String _) -> assertEquals(run, alive.get(task));
        case Effect.Kill(String task, int run) -> assertEquals(run, alive.get(task));
        case Effect.Prepare() -> {}
      }
    }
    model
        .tasks()
        .forEach(
            (name, task) -> {
              boolean live = task.running() || task.phase() instanceof Phase.Starting;
              assertEquals(live, alive.containsKey(name), name);
              assertTrue(task.state().getEventsCount() <= 10);
            });
  }

  @Test
  void whatIsStoredIsReadBack(@TempDir Path folder) throws Exception {
    HealthSpec health = new HealthSpec("d1", Duration.ZERO, Duration.ofMinutes(5), false, false);
    begin(
        Optional.of(health),
        task("web", Hook.MAIN, false, false, 3, true),
        main("other"),
        task("clean", Hook.POSTSTOP, false, false, 0, false));
    started("web");
    started("other");
    exited("web", 1);
    take(new Input.Restart("other", "User requested task to restart"));
    AllocStore store = new AllocStore(Files.createDirectories(folder.resolve("two")));
    store.save(model);
    assertEquals(Optional.of(model), store.model(spec));
    take(new Input.Stop(false));
    AllocStore stopping = new AllocStore(Files.createDirectories(folder.resolve("one")));
    stopping.save(model);
    assertEquals(Optional.of(model), stopping.model(spec));
  }
}
