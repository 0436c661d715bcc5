package io.steppe.gateway.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Checks are shared, but never with somebody who came after they started. */
class SharedChecksTest {
  private final SharedChecks<Integer> checks = new SharedChecks<>();

  @Test
  void thoseWhoComeDuringACheckShareTheNext() throws Exception {
    AtomicInteger made = new AtomicInteger();
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var first =
          threads.submit(
              () ->
                  checks.get(
                      "k",
                      () -> {
                        started.countDown();
                        join(go);
                        return made.incrementAndGet();
                      }));
      started.await();
      List<FutureTask<Integer>> later = new ArrayList<>();
      List<Thread> waiting = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        later.add(new FutureTask<>(() -> checks.get("k", made::incrementAndGet)));
        waiting.add(Thread.startVirtualThread(later.get(i)));
      }
      while (!waiting.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING)) {
        LockSupport.parkNanos(100_000);
      }
      go.countDown();
      assertEquals(1, first.get());
      for (var answer : later) {
        assertEquals(2, answer.get());
      }
      assertEquals(2, made.get());
    }
  }

  @Test
  void nobodyIsToldOfACheckThatStartedBeforeTheyAsked() throws Exception {
    AtomicLong time = new AtomicLong();
    SharedChecks<Long> timed = new SharedChecks<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Boolean>> fresh = new ArrayList<>();
      for (int i = 0; i < 20_000; i++) {
        fresh.add(
            CompletableFuture.supplyAsync(
                () -> {
                  long asked = time.incrementAndGet();
                  return timed.get("k", time::incrementAndGet) > asked;
                },
                threads));
      }
      for (var answer : fresh) {
        assertTrue(answer.get());
      }
    }
  }

  @Test
  void aFailureIsToldAndForgotten() {
    assertThrows(
        IllegalStateException.class,
        () ->
            checks.get(
                "k",
                () -> {
                  throw new IllegalStateException("no");
                }));
    assertEquals(5, checks.get("k", () -> 5));
  }

  private static void join(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
