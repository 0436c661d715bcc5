package io.steppe.node.session;

import io.smallrye.mutiny.Uni;
import io.steppe.ledger.Replicas;
import io.steppe.ledger.Replicas.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Session rows in memory, with the guards over them that PostgreSQL has. */
final class MemorySessionRows implements SessionRows {
  private final Map<String, SessionRow> rows = new TreeMap<>();
  private final Supplier<Replicas> replicas;

  MemorySessionRows(Supplier<Replicas> replicas) {
    this.replicas = replicas;
  }

  @Override
  public Uni<Claim> claim(String nodeId, Member self) {
    return Uni.createFrom().item(() -> claimNow(nodeId, self));
  }

  private synchronized Claim claimNow(String nodeId, Member self) {
    Optional<String> previous = Optional.ofNullable(rows.get(nodeId)).map(SessionRow::replica);
    return new Claim(write(nodeId, self, epochOf(nodeId) + 1).epoch(), previous);
  }

  @Override
  public Uni<List<SessionRow>> adopt(Member self, Map<String, Long> expected) {
    return Uni.createFrom().item(() -> adoptNow(self, expected));
  }

  private synchronized List<SessionRow> adoptNow(Member self, Map<String, Long> expected) {
    List<SessionRow> adopted = new ArrayList<>();
    expected.forEach(
        (node, epoch) -> {
          SessionRow row = rows.get(node);
          boolean mine =
              row != null
                  && row.replica().equals(self.id())
                  && row.generation() == self.generation();
          boolean free = row == null || mine || !leased(row.replica(), row.generation());
          if (free && epochOf(node) == epoch) {
            adopted.add(write(node, self, epoch + 1));
          }
        });
    return adopted;
  }

  @Override
  public synchronized Uni<Optional<SessionRow>> of(String nodeId) {
    return Uni.createFrom().item(Optional.ofNullable(rows.get(nodeId)));
  }

  @Override
  public synchronized Uni<List<SessionRow>> all() {
    return Uni.createFrom().item(List.copyOf(rows.values()));
  }

  /** What {@code node.guard_v1} says of one guard. */
  synchronized boolean holds(String guard) {
    String[] parts = guard.split("\\|", 3);
    return parts[0].equals("session")
        ? epochOf(parts[1]) == Long.parseLong(parts[2])
        : leased(parts[2], Long.parseLong(parts[1]));
  }

  private boolean leased(String replica, long generation) {
    return replicas.get().members().stream()
        .anyMatch(one -> one.id().equals(replica) && one.generation() == generation);
  }

  private synchronized SessionRow write(String node, Member self, long epoch) {
    SessionRow row = new SessionRow(node, self.id(), self.generation(), epoch);
    rows.put(node, row);
    return row;
  }

  private synchronized long epochOf(String node) {
    return Optional.ofNullable(rows.get(node)).map(SessionRow::epoch).orElse(0L);
  }
}
