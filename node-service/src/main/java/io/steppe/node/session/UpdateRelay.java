package io.steppe.node.session;

import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import io.steppe.proto.v1.Allocation;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.AllocationsGrpc;
import io.steppe.rpc.v1.UpdateFromClientReply;
import io.steppe.rpc.v1.UpdateFromClientRequest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Passes what agents report of their tasks on to alloc-service. One call is under way at a time, so
 * that an older state never overtakes a newer one; what arrives meanwhile goes with the next, the
 * latest state of each allocation only. A report is acknowledged once it is committed.
 */
public final class UpdateRelay {
  private static final Logger LOG = Logger.getLogger(UpdateRelay.class);

  private static final int MAX_CALL_BYTES = 768 << 10;
  private static final long MAX_WAITING_BYTES = 64L << 20;
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final Duration FIRST_RETRY = Duration.ofMillis(100);
  private static final Duration LAST_RETRY = Duration.ofSeconds(2);

  /**
   * What an agent reported at once.
   *
   * @param committed called when it is committed
   */
  record Report(List<Allocation> allocations, Runnable committed) {
    long bytes() {
      return allocations.stream().mapToLong(Allocation::getSerializedSize).sum();
    }
  }

  private final ManagedChannel allocService;
  private final ScheduledExecutorService retries;
  private final Deque<Report> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private boolean underWay;

  public UpdateRelay(ManagedChannel allocService, ScheduledExecutorService retries) {
    this.allocService = allocService;
    this.retries = retries;
  }

  /** Takes a report; false when too much waits already. */
  boolean offer(Report report) {
    synchronized (this) {
      if (waitingBytes > MAX_WAITING_BYTES) {
        return false;
      }
      waiting.add(report);
      waitingBytes += report.bytes();
      if (underWay) {
        return true;
      }
      underWay = true;
    }
    next();
    return true;
  }

  private void next() {
    List<Report> batch = new ArrayList<>();
    synchronized (this) {
      long bytes = 0;
      while (!waiting.isEmpty()
          && (batch.isEmpty() || bytes + waiting.peek().bytes() <= MAX_CALL_BYTES)) {
        Report report = waiting.poll();
        bytes += report.bytes();
        waitingBytes -= report.bytes();
        batch.add(report);
      }
      underWay = !batch.isEmpty();
    }
    if (!batch.isEmpty()) {
      send(batch, request(batch), FIRST_RETRY);
    }
  }

  private static UpdateFromClientRequest request(List<Report> batch) {
    Map<String, Allocation> latest = new LinkedHashMap<>();
    batch.forEach(report -> report.allocations().forEach(one -> latest.put(one.getId(), one)));
    return UpdateFromClientRequest.newBuilder()
        .setCaller(Callers.service("node-service"))
        .addAllAllocations(latest.values())
        .build();
  }

  private void send(List<Report> batch, UpdateFromClientRequest request, Duration retryAfter) {
    AllocationsGrpc.newStub(allocService)
        .withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)
        .updateFromClient(
            request,
            new StreamObserver<>() {
              @Override
              public void onNext(UpdateFromClientReply reply) {
                batch.forEach(report -> report.committed().run());
              }

              @Override
              public void onError(Throwable error) {
                failed(batch, request, retryAfter, Failure.of(error));
              }

              @Override
              public void onCompleted() {
                next();
              }
            });
  }

  private void failed(
      List<Report> batch, UpdateFromClientRequest request, Duration retryAfter, Failure failure) {
    switch (failure.kind()) {
      case UNAVAILABLE, CONFLICT, INTERNAL -> {
        LOG.warnf("task updates wait for alloc-service: %s", failure.getMessage());
        Duration doubled = retryAfter.multipliedBy(2);
        Duration then = doubled.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : doubled;
        retries.schedule(
            () -> send(batch, request, then), retryAfter.toMillis(), TimeUnit.MILLISECONDS);
      }
      case NOT_FOUND, INVALID, DENIED -> refused(batch, failure);
    }
  }

  /**
   * One bad report must not hold up the others: each goes by itself, and what can never be taken is
   * let go.
   */
  private void refused(List<Report> batch, Failure failure) {
    if (batch.size() > 1) {
      Report first = batch.getFirst();
      synchronized (this) {
        batch.subList(1, batch.size()).reversed().forEach(this::putBack);
      }
      send(List.of(first), request(List.of(first)), FIRST_RETRY);
      return;
    }
    LOG.errorf(
        "alloc-service refuses updates of %s: %s",
        batch.getFirst().allocations().stream().map(Allocation::getId).toList(),
        failure.getMessage());
    batch.getFirst().committed().run();
    next();
  }

  private void putBack(Report report) {
    waiting.addFirst(report);
    waitingBytes += report.bytes();
  }
}
