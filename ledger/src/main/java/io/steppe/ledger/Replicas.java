package io.steppe.ledger;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Consumer;

/**
 * The replicas of all services of a region, each alive while it renews its lease. The real ones are
 * PostgresReplicas; tests use {@link FixedReplicas}.
 */
public interface Replicas extends AutoCloseable {
  /**
   * A replica.
   *
   * @param id unique among replicas, kept over restarts where the launcher gives one
   * @param service api-gateway, node-service, alloc-service or event-service
   * @param address host:port of its gRPC listener (the gateway: HTTP) as others dial it
   * @param version of its software
   * @param startedAt when its process started
   * @param generation goes up whenever the lease was renewed after it had ended, or by another
   *     process: what a process knew under an older generation no longer holds
   * @param leaseUntil the lease's end
   * @param alive whether the lease held when this was read
   */
  record Member(
      String id,
      String service,
      String address,
      String version,
      Instant startedAt,
      long generation,
      Instant leaseUntil,
      boolean alive) {}

  /**
   * What a process says of itself; see {@link Member}.
   *
   * @param id must be no other running process's
   */
  record Self(String id, String service, String address, String version, Instant startedAt) {
    public Self {
      if (id.isEmpty() || service.isEmpty()) {
        throw new IllegalArgumentException("a replica has an id and a service");
      }
      // PostgreSQL's resolution: what is read back equals what was written.
      startedAt = startedAt.truncatedTo(ChronoUnit.MICROS);
    }
  }

  /**
   * Members known at the last renewal, the ended ones too until they are forgotten, in order of id.
   */
  List<Member> all();

  /** Members whose lease held at the last renewal, in order of id. */
  default List<Member> members() {
    return all().stream().filter(Member::alive).toList();
  }

  /** Living members of one service, in order of id: what to hash over. */
  default List<Member> members(String service) {
    return all().stream()
        .filter(member -> member.alive() && member.service().equals(service))
        .toList();
  }

  /**
   * This process as a member; alive is false before the first renewal, and as soon as the lease may
   * have ended.
   */
  Member self();

  /**
   * Calls with all members after each renewal that changed who is alive, where, or under which
   * generation; at once if there was one. Called on the replicas' own thread; must not block.
   */
  AutoCloseable follow(Consumer<List<Member>> follower);

  @Override
  void close();
}
