package io.steppe.alloc.scheduler.ranking;

import io.steppe.alloc.scheduler.feasibility.GroupNeeds;
import io.steppe.alloc.scheduler.feasibility.Neighbours;
import io.steppe.alloc.scheduler.feasibility.Target;
import io.steppe.alloc.scheduler.feasibility.ValueCounts;
import io.steppe.alloc.scheduler.fleet.NodeFacts;
import io.steppe.proto.v1.Spread;
import io.steppe.proto.v1.SpreadTarget;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How much a placement on a node helps to spread a group as its spread blocks ask. */
final class Spreads {
  // What is left after the named targets, for every value that is not named.
  private static final String ANY_OTHER = "*";

  private final List<Wish> wishes;
  private double lowest = -1.0;

  /**
   * One spread block.
   *
   * @param used allocations by value
   * @param share of the weights of all blocks
   * @param desired allocations by value; empty for an even spread
   */
  private record Wish(Target target, ValueCounts used, double share, Map<String, Double> desired) {}

  private Spreads(List<Wish> wishes) {
    this.wishes = wishes;
  }

  static Spreads of(GroupNeeds needs, Neighbours neighbours) {
    List<Spread> blocks = new ArrayList<>(needs.group().getSpreadsList());
    blocks.addAll(needs.job().getSpreadsList());
    double weights = blocks.stream().mapToLong(Spread::getWeight).sum();
    List<Wish> wishes = new ArrayList<>();
    for (Spread block : blocks) {
      Target target = Target.of(block.getAttribute(), needs.job().getRegion());
      double share = weights == 0 ? 0 : block.getWeight() / weights;
      var used = neighbours.byValue(target, needs.group().getName());
      wishes.add(new Wish(target, used, share, desired(block, needs.group().getCount())));
    }
    return new Spreads(List.copyOf(wishes));
  }

  private static Map<String, Double> desired(Spread block, long count) {
    Map<String, Double> desired = new HashMap<>();
    double named = 0;
    for (SpreadTarget target : block.getSpreadTargetList()) {
      double wanted = target.getPercent() / 100.0 * count;
      desired.put(target.getValue(), wanted);
      named += wanted;
    }
    if (named > 0 && named < count) {
      desired.put(ANY_OTHER, count - named);
    }
    return desired;
  }

  boolean none() {
    return wishes.isEmpty();
  }

  double score(NodeFacts node) {
    double sum = 0;
    for (Wish wish : wishes) {
      Optional<String> value = wish.target().resolve(node);
      if (value.isEmpty()) {
        sum -= 1;
      } else if (wish.desired().isEmpty()) {
        sum += even(wish.used(), value.get());
      } else {
        sum += targeted(wish, value.get());
      }
    }
    lowest = Math.min(lowest, sum);
    return sum;
  }

  private double targeted(Wish wish, String value) {
    Double desired = wish.desired().getOrDefault(value, wish.desired().get(ANY_OTHER));
    if (desired == null) {
      return -1;
    }
    if (desired == 0) {
      return lowest;
    }
    int withThis = wish.used().of(value) + 1;
    return (desired - withThis) / desired * wish.share();
  }

  private static double even(ValueCounts used, String value) {
    if (used.none()) {
      return 0;
    }
    int least = used.least();
    int here = used.of(value);
    if (here != least) {
      return (double) (least - here) / least;
    }
    return least == used.most() ? -1 : (double) (used.most() - least) / least;
  }
}
