package io.steppe.alloc.scheduler.ranking;

import io.steppe.alloc.scheduler.feasibility.Feasibility;
import io.steppe.alloc.scheduler.feasibility.GroupNeeds;
import io.steppe.alloc.scheduler.feasibility.Neighbours;
import io.steppe.alloc.scheduler.feasibility.PlacementMetrics;
import io.steppe.alloc.scheduler.fleet.Footprint;
import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.alloc.scheduler.fleet.NodeRoom;
import io.steppe.proto.v1.NodeScoreMeta;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Finds nodes for the allocations of one group. It looks at a few nodes with room and takes the
 * best of them, going on each time where it stopped, so that a placement costs the same on ten
 * nodes as on ten thousand.
 */
public final class Placer {
  private static final int SHOWN_SCORES = 5;
  private static final int MAX_SKIPPED = 3;
  private static final int LIMIT_WITH_WISHES = 100;

  private final GroupNeeds needs;
  private final NodeOrder candidates;
  private final Rooms rooms;
  private final Neighbours neighbours;
  private final Feasibility feasibility;
  private final Spreads spreads;
  private final Algorithm algorithm;
  private final RandomGenerator random;
  private final int limit;
  private int next;

  /**
   * @param candidates nodes of the job's pool and datacenters, in the order to look at them
   * @param thorough look at log2 of the nodes rather than at two
   * @param algorithm which of the nodes with room is the better one
   */
  public Placer(
      GroupNeeds needs,
      NodeOrder candidates,
      Rooms rooms,
      Neighbours neighbours,
      boolean thorough,
      Algorithm algorithm,
      RandomGenerator random) {
    this.needs = needs;
    this.candidates = candidates;
    this.rooms = rooms;
    this.neighbours = neighbours;
    this.feasibility = new Feasibility(needs, neighbours);
    this.spreads = Spreads.of(needs, neighbours);
    this.algorithm = algorithm;
    this.random = random;
    this.limit = limit(thorough);
  }

  private int limit(boolean thorough) {
    if (!needs.affinities().isEmpty() || !spreads.none()) {
      return LIMIT_WITH_WISHES;
    }
    int log = thorough ? 32 - Integer.numberOfLeadingZeros(Math.max(0, candidates.size() - 1)) : 0;
    return Math.max(2, log);
  }

  /** What was found about classes of nodes so far. */
  public Map<String, Boolean> classes() {
    return feasibility.classes();
  }

  /**
   * The best of the next few nodes with room; empty when none of all has any.
   *
   * @param index of the allocation's name
   * @param penalised nodes where it failed before
   * @param scores gets the best scores, for metrics
   */
  public Optional<Placed> place(
      int index, Set<String> penalised, PlacementMetrics metrics, List<NodeScoreMeta> scores) {
    List<Choice> found = new ArrayList<>(limit);
    List<Choice> poor = new ArrayList<>(0);
    for (int looked = 0; looked < candidates.size() && found.size() < limit; looked++) {
      NodeFacts node = candidates.get(next);
      next = next + 1 == candidates.size() ? 0 : next + 1;
      Optional<Choice> choice = look(node, index, penalised, metrics);
      if (choice.isEmpty()) {
        continue;
      }
      // A node that is better left alone is passed over a few times, and taken if nothing else
      // turns up.
      if (choice.get().score() <= 0 && poor.size() < MAX_SKIPPED) {
        poor.add(choice.get());
      } else {
        found.add(choice.get());
      }
    }
    for (Choice choice : poor) {
      if (found.size() < limit) {
        found.add(choice);
      }
    }
    return best(found, scores);
  }

  /** Whether a node can take one more, and what it would have there. */
  public Optional<Placed> placeOn(
      NodeFacts node, int index, PlacementMetrics metrics, List<NodeScoreMeta> scores) {
    return best(look(node, index, Set.of(), metrics).stream().toList(), scores);
  }

  /** Why a node can't run the group however much room it has. */
  public Optional<String> refusal(NodeFacts node, int index) {
    return feasibility.refusal(node, index);
  }

  private Optional<Placed> best(List<Choice> found, List<NodeScoreMeta> scores) {
    if (found.isEmpty()) {
      return Optional.empty();
    }
    // The sort is stable: of equally good nodes the one looked at first is taken.
    found = new ArrayList<>(found);
    found.sort(Comparator.comparingDouble(Choice::score).reversed());
    found.stream().limit(SHOWN_SCORES).map(Choice::shown).forEach(scores::add);
    Choice best = found.getFirst();
    return Optional.of(new Placed(best.node(), GivenResources.of(needs, best)));
  }

  private Optional<Choice> look(
      NodeFacts node, int index, Set<String> penalised, PlacementMetrics metrics) {
    metrics.evaluated();
    Optional<String> refusal = feasibility.refusal(node, index);
    if (refusal.isPresent()) {
      metrics.filtered(node, refusal.get());
      return Optional.empty();
    }
    NodeRoom room = rooms.of(node);
    if (node.maxAllocations() > 0 && room.allocations() >= node.maxAllocations()) {
      metrics.exhausted(node, "max allocations");
      return Optional.empty();
    }
    Map<GroupNeeds.PortNeed, Footprint.HostPort> ports = Map.of();
    if (!needs.ports().isEmpty()) {
      switch (Ports.offer(room, needs.ports(), random)) {
        case Ports.Given given -> ports = given.ports();
        case Ports.Refused refused -> {
          metrics.exhausted(node, refused.reason());
          return Optional.empty();
        }
      }
    }
    var devices = Exclusive.devices(room, needs);
    if (devices.isEmpty()) {
      metrics.exhausted(node, "devices: no devices match request");
      return Optional.empty();
    }
    var cores = Exclusive.cores(room, needs);
    if (cores.isEmpty()) {
      metrics.exhausted(node, "cores");
      return Optional.empty();
    }
    int whole = cores.get().values().stream().mapToInt(List::size).sum();
    long cpu = needs.size().cpu() + whole * node.mhzPerCore();
    Optional<String> exhausted =
        room.exhausted(cpu, needs.size().memoryMb(), needs.size().diskMb());
    if (exhausted.isPresent()) {
      metrics.exhausted(node, exhausted.get());
      return Optional.empty();
    }
    return Optional.of(
        new Choice(
            node,
            ports,
            cores.get(),
            devices.get(),
            Scores.fit(algorithm, room, cpu, needs.size().memoryMb()),
            Scores.antiAffinity(node, needs, neighbours),
            penalised.contains(node.id()) ? -1 : 0,
            needs.affinities().isEmpty() ? 0 : Scores.affinity(node, needs.affinities()),
            spreads.none() ? 0 : spreads.score(node)));
  }
}
