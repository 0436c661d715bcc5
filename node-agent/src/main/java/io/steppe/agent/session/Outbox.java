package io.steppe.agent.session;

import io.steppe.agent.alloc.Reports;
import io.steppe.proto.v1.Allocation;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the control plane is yet to hear: the newest report of each allocation, until it is
 * acknowledged. One batch is on its way at a time; what changes meanwhile makes the next one. Its
 * size is bound by the number of allocations.
 */
public final class Outbox implements Reports {
  /** Batches are smaller, unless one report alone is larger. */
  private static final int BATCH_BYTES = 512 << 10;

  /** Reports on their way, under the number they were sent with. */
  public record Batch(long sequence, List<Allocation> reports) {}

  private final Map<String, Allocation> waiting = new LinkedHashMap<>();
  private boolean urgent;
  private long sequence;
  private Optional<Batch> sent = Optional.empty();
  private Runnable listener = () -> {};

  /** Calls the listener when something waits that was not waiting, or became urgent. */
  public synchronized void listen(Runnable changed) {
    listener = changed;
  }

  @Override
  public void changed(Allocation report, boolean isUrgent) {
    Runnable told;
    synchronized (this) {
      waiting.put(report.getId(), report);
      urgent |= isUrgent;
      told = listener;
    }
    told.run();
  }

  @Override
  public synchronized boolean told(String id) {
    return !waiting.containsKey(id)
        && sent.stream()
            .flatMap(batch -> batch.reports().stream())
            .noneMatch(report -> report.getId().equals(id));
  }

  synchronized boolean urgent() {
    return urgent && !waiting.isEmpty() && sent.isEmpty();
  }

  synchronized boolean idle() {
    return waiting.isEmpty() || sent.isPresent();
  }

  /** Nothing waits and nothing is on its way. */
  synchronized boolean empty() {
    return waiting.isEmpty() && sent.isEmpty();
  }

  /** Takes the next batch, if something waits and none is on its way. */
  synchronized Optional<Batch> take() {
    if (idle()) {
      return Optional.empty();
    }
    List<Allocation> reports = new ArrayList<>();
    int bytes = 0;
    Iterator<Allocation> next = waiting.values().iterator();
    while (next.hasNext() && bytes < BATCH_BYTES) {
      Allocation report = next.next();
      reports.add(report);
      bytes += report.getSerializedSize();
      next.remove();
    }
    urgent &= !waiting.isEmpty();
    sequence++;
    sent = Optional.of(new Batch(sequence, reports));
    return sent;
  }

  /** The control plane has a batch for good. */
  synchronized void acknowledged(long number) {
    if (sent.isPresent() && sent.get().sequence() <= number) {
      sent = Optional.empty();
    }
  }

  /** The session ended: what was on its way waits again, unless something newer does. */
  synchronized void resend() {
    sent.ifPresent(
        batch -> batch.reports().forEach(report -> waiting.putIfAbsent(report.getId(), report)));
    urgent |= sent.isPresent();
    sent = Optional.empty();
  }
}
