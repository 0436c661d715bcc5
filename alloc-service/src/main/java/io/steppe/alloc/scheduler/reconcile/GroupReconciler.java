package io.steppe.alloc.scheduler.reconcile;

import io.steppe.alloc.scheduler.Health;
import io.steppe.alloc.scheduler.Note;
import io.steppe.alloc.scheduler.Statuses;
import io.steppe.alloc.scheduler.Stop;
import io.steppe.proto.v1.Allocation;
import io.steppe.proto.v1.Job;
import io.steppe.proto.v1.TaskGroup;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Brings one group of a service or batch job to its count: what stays, what ends, what is to be
 * placed.
 */
final class GroupReconciler {
  // Registration allows less; this only keeps a broken job from filling memory.
  private static final int MAX_COUNT = 1_000_000;

  private final Job job;
  private final TaskGroup group;
  private final Fates fates;
  private final FollowUps followUps;
  private final BiFunction<Allocation, TaskGroup, Difference> difference;
  private final Reconciliation result;
  private final long now;

  private final List<Allocation> kept = new ArrayList<>();
  // Those that leave their places: each is replaced if the count still wants it.
  private final List<Placement> replacements = new ArrayList<>();
  private final Set<String> waiting = new HashSet<>();

  /** When what settles is worth another look, should its agent say nothing. */
  private long nextLook = Long.MAX_VALUE;

  GroupReconciler(
      Job job,
      TaskGroup group,
      Fates fates,
      FollowUps followUps,
      BiFunction<Allocation, TaskGroup, Difference> difference,
      Reconciliation result,
      long now) {
    this.job = job;
    this.group = group;
    this.fates = fates;
    this.followUps = followUps;
    this.difference = difference;
    this.result = result;
    this.now = now;
  }

  void reconcile(List<Allocation> allocations) {
    allocations.stream()
        .sorted(Comparator.comparingInt(AllocationName::indexOf))
        .forEach(this::sort);
    int count = Math.clamp(group.getCount(), 0, MAX_COUNT);
    dropTwins();
    dropSurplus(count);
    int places = Math.max(0, count - kept.size());
    List<Placement> placements =
        new ArrayList<>(replacements.subList(0, Math.min(places, replacements.size())));
    replacements.stream().skip(places).forEach(this::leaveUnplaced);
    addNew(placements, places - placements.size(), count);
    result.placements().addAll(placements);
    update();
    result
        .counts(group.getName())
        .setPlace(result.counts(group.getName()).getPlace() + placements.size());
  }

  private void sort(Allocation allocation) {
    var counts = result.counts(group.getName());
    switch (fates.of(allocation, group)) {
      case Fate.Gone gone -> counts.setIgnore(counts.getIgnore() + 1);
      case Fate.Kept stays -> kept.add(allocation);
      case Fate.EndedUnseen ended ->
          result.stops().add(stop(allocation, Wording.LOST, Optional.of(Statuses.LOST)));
      case Fate.Lost lost -> {
        result.stops().add(stop(allocation, Wording.LOST, Optional.of(Statuses.LOST)));
        counts.setStop(counts.getStop() + 1);
        replace(allocation, false, Optional.empty());
      }
      case Fate.LostLater later -> {
        kept.add(allocation);
        waiting.add(allocation.getId());
        counts.setStop(counts.getStop() + 1);
        followUps.lost(allocation, later.until());
      }
      case Fate.Migrate migrate -> {
        Stop stop = stop(allocation, Wording.MIGRATING, Optional.empty());
        counts.setMigrate(counts.getMigrate() + 1);
        if (migrate.now()) {
          result.stops().add(stop);
        }
        replace(allocation, false, migrate.now() ? Optional.empty() : Optional.of(stop));
      }
      case Fate.Reschedule reschedule -> {
        counts.setRescheduleNow(counts.getRescheduleNow() + 1);
        replace(
            allocation, true, Optional.of(stop(allocation, Wording.RESCHEDULED, Optional.empty())));
      }
      case Fate.RescheduleLater later -> {
        kept.add(allocation);
        waiting.add(allocation.getId());
        counts.setRescheduleLater(counts.getRescheduleLater() + 1);
        if (allocation.getFollowupEvalId().isEmpty()) {
          followUps.reschedule(allocation, later.due());
        }
      }
      case Fate.Away away -> leave(allocation, away);
    }
  }

  private void leave(Allocation allocation, Fate.Away away) {
    var counts = result.counts(group.getName());
    if (!away.known()) {
      counts.setDisconnect(counts.getDisconnect() + 1);
      if (away.until() > 0) {
        followUps.disconnect(allocation, away.until());
      } else {
        result
            .notes()
            .add(
                new Note(
                    allocation.getId(), Optional.of(Statuses.UNKNOWN), Wording.UNKNOWN, "", now));
      }
    }
    if (!away.replaced()) {
      kept.add(allocation);
    } else if (!away.known()) {
      replace(allocation, false, Optional.empty());
    }
  }

  private void replace(Allocation allocation, boolean rescheduled, Optional<Stop> stopOncePlaced) {
    replacements.add(
        new Placement(
            group, allocation.getName(), Optional.of(allocation), rescheduled, stopOncePlaced));
  }

  /** A failed allocation that the count has no place for any more is done with. */
  private void leaveUnplaced(Placement placement) {
    placement
        .stopOncePlaced()
        .ifPresent(stop -> stopNotNeeded(placement.previous().orElseThrow(), Wording.NOT_NEEDED));
  }

  private void stopNotNeeded(Allocation allocation, String why) {
    result.stops().add(stop(allocation, why, Optional.empty()));
    var counts = result.counts(group.getName());
    counts.setStop(counts.getStop() + 1);
  }

  private static Stop stop(Allocation allocation, String why, Optional<String> clientStatus) {
    return new Stop(
        allocation.getId(), allocation.getNodeId(), Statuses.STOP, why, clientStatus, "");
  }

  /**
   * Of two that run under one name, since one came back, one goes even where the count has room for
   * both: the place that is free has another name.
   */
  private void dropTwins() {
    List<Allocation> here = kept.stream().filter(this::isHere).toList();
    for (Allocation twin : Reconnects.losers(here, group, fates::current)) {
      kept.remove(twin);
      stopNotNeeded(twin, Wording.RECONNECTED);
    }
  }

  private boolean isHere(Allocation allocation) {
    return !Statuses.clientTerminal(allocation)
        && !allocation.getClientStatus().equals(Statuses.UNKNOWN)
        && !waiting.contains(allocation.getId());
  }

  /**
   * Ends what is too much: doubles first, then those that failed anyway, then the highest indexes.
   */
  private void dropSurplus(int count) {
    int surplus = kept.size() - count;
    if (surplus <= 0) {
      return;
    }
    for (Allocation twin : Reconnects.losers(kept, group, fates::current)) {
      if (surplus > 0 && droppable(twin)) {
        kept.remove(twin);
        stopNotNeeded(twin, Wording.RECONNECTED);
        surplus--;
      }
    }
    List<Allocation> order = new ArrayList<>(kept);
    order.sort(
        Comparator.comparing(
                (Allocation allocation) -> !allocation.getClientStatus().equals(Statuses.FAILED))
            .thenComparing(Comparator.comparingInt(AllocationName::indexOf).reversed()));
    for (Allocation allocation : order) {
      if (surplus > 0 && droppable(allocation)) {
        kept.remove(allocation);
        stopNotNeeded(allocation, Wording.NOT_NEEDED);
        surplus--;
      }
    }
  }

  // What has run to its end can't be stopped any more.
  private boolean droppable(Allocation allocation) {
    return !allocation.getClientStatus().equals(Statuses.COMPLETE) && !waitsForItsEnd(allocation);
  }

  /** It is lost already, only its place is not free yet. */
  private boolean waitsForItsEnd(Allocation allocation) {
    return allocation.getClientStatus().equals(Statuses.LOST)
        || waiting.contains(allocation.getId()) && !Statuses.clientTerminal(allocation);
  }

  /** Gives new places the lowest free names, and replacements a name within the count. */
  private void addNew(List<Placement> placements, int more, int count) {
    BitSet used = new BitSet();
    kept.forEach(allocation -> used.set(AllocationName.indexOf(allocation)));
    List<Integer> misnamed = new ArrayList<>();
    for (int i = 0; i < placements.size(); i++) {
      int index = AllocationName.index(placements.get(i).name());
      if (index < count && !used.get(index)) {
        used.set(index);
      } else {
        misnamed.add(i);
      }
    }
    for (int at : misnamed) {
      placements.set(at, placements.get(at).named(nextName(used)));
    }
    for (int i = 0; i < more; i++) {
      placements.add(
          new Placement(group, nextName(used), Optional.empty(), false, Optional.empty()));
    }
  }

  private String nextName(BitSet used) {
    int index = used.nextClearBit(0);
    used.set(index);
    return AllocationName.of(job.getId(), group.getName(), index);
  }

  /** Moves what stays to the job's version: as many at once as the group allows. */
  private void update() {
    var counts = result.counts(group.getName());
    List<Allocation> destructive = new ArrayList<>();
    int settling = 0;
    for (Allocation allocation : kept) {
      if (waitsForItsEnd(allocation)) {
        continue;
      }
      if (fates.current(allocation)) {
        settling += settled(allocation) ? 0 : 1;
        counts.setIgnore(counts.getIgnore() + 1);
        continue;
      }
      switch (difference.apply(allocation, group)) {
        case NONE -> counts.setIgnore(counts.getIgnore() + 1);
        case IN_PLACE -> {
          result.inPlace().add(new Reconciliation.InPlace(allocation, group));
          counts.setInPlaceUpdate(counts.getInPlaceUpdate() + 1);
        }
        case DESTRUCTIVE -> destructive.add(allocation);
      }
    }
    // Replacing what does not run takes nothing away.
    destructive.sort(Comparator.comparing(allocation -> !Statuses.clientTerminal(allocation)));
    int limit = Math.min(destructive.size(), limit(settling));
    destructive.stream().limit(limit).forEach(this::restart);
    counts.setIgnore(counts.getIgnore() + destructive.size() - limit);
    counts.setDestructiveUpdate(counts.getDestructiveUpdate() + limit);
    if (limit < destructive.size()) {
      result.holdBack();
      followUps.rolling(nextLook);
    }
  }

  private void restart(Allocation allocation) {
    Stop stop = stop(allocation, Wording.UPDATING, Optional.empty());
    result
        .placements()
        .add(
            new Placement(
                group, allocation.getName(), Optional.of(allocation), false, Optional.of(stop)));
  }

  private int limit(int settling) {
    long atOnce = group.getUpdate().getMaxParallel();
    return !group.hasUpdate() || atOnce == 0
        ? Integer.MAX_VALUE
        : Math.clamp(atOnce - settling, 0, Integer.MAX_VALUE);
  }

  /** Whether an allocation of the new version does its work. */
  private boolean settled(Allocation allocation) {
    if (waiting.contains(allocation.getId())
        || allocation.getClientStatus().equals(Statuses.FAILED)) {
      return false;
    }
    if (allocation.getClientStatus().equals(Statuses.COMPLETE)) {
      return true;
    }
    if (!group.hasUpdate() || job.getType().equals("batch")) {
      return allocation.getClientStatus().equals(Statuses.RUNNING);
    }
    return switch (Health.of(allocation, group, Health.Terms.of(group.getUpdate()), now)) {
      case Health.Healthy _ -> true;
      case Health.Unhealthy _ -> false;
      case Health.Undecided(long until) -> {
        nextLook = Math.min(nextLook, until);
        yield false;
      }
    };
  }
}
