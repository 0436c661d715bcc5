package io.steppe.gateway.metrics;

import io.steppe.diagnostics.metrics.Gauge;
import io.steppe.gateway.cluster.Membership;
import io.steppe.gateway.service.Calls;
import io.steppe.proto.v1.JobListStub;
import io.steppe.rpc.Callers;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.ListEvaluationsReply;
import io.steppe.rpc.v1.ListEvaluationsRequest;
import io.steppe.rpc.v1.ListJobsRequest;
import io.steppe.rpc.v1.ListNodesRequest;
import io.steppe.rpc.v1.Member;
import io.steppe.rpc.v1.MembersReply;
import io.steppe.rpc.v1.ReadOptions;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** What the region has, counted from views that may be a little old, at most every 10 s. */
@ApplicationScoped
class RegionGauges {
  private static final Logger LOG = Logger.getLogger(RegionGauges.class);
  private static final Duration SOON = Duration.ofSeconds(3);
  private static final Duration KEPT = Duration.ofSeconds(10);

  private final Calls calls;
  private final Membership membership;
  private final InstantSource clock;
  private final ReentrantLock counting = new ReentrantLock();
  private Instant until = Instant.MIN;
  private List<Gauge> counted = List.of();

  RegionGauges(Calls calls, Membership membership, InstantSource clock) {
    this.calls = calls.within(SOON);
    this.membership = membership;
    this.clock = clock;
  }

  /** As they were counted last; without those that can't be counted. */
  List<Gauge> now() {
    counting.lock();
    try {
      if (clock.instant().isAfter(until)) {
        counted = count();
        until = clock.instant().plus(KEPT);
      }
      return counted;
    } finally {
      counting.unlock();
    }
  }

  private interface Counting {
    void into(List<Gauge> gauges);
  }

  private List<Gauge> count() {
    List<Gauge> gauges = new ArrayList<>();
    for (Counting counting :
        List.<Counting>of(this::jobs, this::evaluations, this::nodes, this::members)) {
      try {
        counting.into(gauges);
      } catch (Failure failure) {
        LOG.debugf("Not counted: %s", failure.getMessage());
      }
    }
    return List.copyOf(gauges);
  }

  private static ReadOptions.Builder stale() {
    return ReadOptions.newBuilder()
        .setCaller(Callers.service(Membership.SERVICE))
        .setNamespace("*")
        .setStale(true);
  }

  private void jobs(List<Gauge> gauges) {
    ListJobsRequest request = ListJobsRequest.newBuilder().setRead(stale()).build();
    Map<String, Long> byStatus =
        calls.jobs(
            stub -> {
              List<JobListStub> all = new ArrayList<>();
              stub.list(request).forEachRemaining(reply -> all.addAll(reply.getJobsList()));
              return all.stream()
                  .collect(Collectors.groupingBy(JobListStub::getStatus, Collectors.counting()));
            });
    for (String status : List.of("pending", "running", "dead")) {
      gauges.add(Gauge.of("nomad.nomad.job_status." + status, byStatus.getOrDefault(status, 0L)));
    }
  }

  private void evaluations(List<Gauge> gauges) {
    gauges.add(Gauge.of("nomad.nomad.blocked_evals.total_blocked", evaluations("blocked")));
    gauges.add(Gauge.of("nomad.nomad.broker.total_pending", evaluations("pending")));
  }

  private long evaluations(String status) {
    ListEvaluationsRequest request =
        ListEvaluationsRequest.newBuilder()
            .setRead(stale().setFilter("Status == \"" + status + "\""))
            .build();
    return calls.evaluations(
        stub -> {
          long count = 0;
          for (Iterator<ListEvaluationsReply> replies = stub.list(request); replies.hasNext(); ) {
            count += replies.next().getEvaluationsCount();
          }
          return count;
        });
  }

  private void nodes(List<Gauge> gauges) {
    ListNodesRequest request = ListNodesRequest.newBuilder().setRead(stale()).build();
    Map<String, Long> byStatus =
        calls.nodes(
            stub -> {
              Map<String, Long> found = new TreeMap<>();
              stub.list(request)
                  .forEachRemaining(
                      reply ->
                          reply
                              .getNodesList()
                              .forEach(node -> found.merge(node.getStatus(), 1L, Long::sum)));
              return found;
            });
    byStatus.forEach(
        (status, count) -> gauges.add(new Gauge("steppe.nodes", Map.of("status", status), count)));
    gauges.add(Gauge.of("nomad.nomad.heartbeat.active", byStatus.getOrDefault("ready", 0L)));
  }

  private void members(List<Gauge> gauges) {
    MembersReply members = membership.members();
    Map<String, Long> alive =
        members.getMembersList().stream()
            .filter(Member::getAlive)
            .collect(Collectors.groupingBy(Member::getService, Collectors.counting()));
    alive.forEach(
        (service, count) ->
            gauges.add(new Gauge("steppe.members.alive", Map.of("service", service), count)));
    gauges.add(Gauge.of("steppe.members.dead", members.getMembersCount() - sum(alive)));
    gauges.add(Gauge.of("steppe.log.index", members.getIndex()));
    gauges.add(Gauge.of("steppe.log.epoch", members.getEpoch()));
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }
}
