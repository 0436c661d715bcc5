package io.steppe.alloc.evaluation;

import io.steppe.alloc.view.JobKey;
import io.steppe.ledger.Replicas;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Which replica does what: each job, and each task there is one of, belongs to the living replica
 * with the highest hash (rendezvous hashing), so that a replica that comes or goes moves only its
 * own share.
 *
 * @param self id of this replica
 * @param members ids of the living replicas of the service, this one included or not
 */
public record Ownership(String self, List<String> members) {
  /** The service whose replicas share the jobs. */
  public static final String SERVICE = "alloc-service";

  public Ownership {
    members = List.copyOf(members);
  }

  /** One replica owns all. */
  public static Ownership alone(String self) {
    return new Ownership(self, List.of(self));
  }

  public static Ownership of(String self, Collection<Replicas.Member> all) {
    return new Ownership(
        self,
        all.stream()
            .filter(member -> member.alive() && member.service().equals(SERVICE))
            .map(Replicas.Member::id)
            .sorted()
            .toList());
  }

  public boolean owns(JobKey job) {
    return owns(job.stored());
  }

  /**
   * Whether this replica is the one; with no living member known, every replica works rather than
   * none.
   */
  public boolean owns(String what) {
    if (members.isEmpty()) {
      return true;
    }
    var owner = members.getFirst();
    long highest = hash(owner, what);
    for (var member : members) {
      long hash = hash(member, what);
      if (hash > highest || (hash == highest && member.compareTo(owner) > 0)) {
        highest = hash;
        owner = member;
      }
    }
    return owner.equals(self);
  }

  private static long hash(String member, String what) {
    var crc = new CRC32C();
    crc.update(what.getBytes(StandardCharsets.UTF_8));
    crc.update(0);
    crc.update(member.getBytes(StandardCharsets.UTF_8));
    // CRC alone keeps the order of two members over all jobs of one length; mixing the bits does
    // away with that.
    long mixed = crc.getValue() * 0x9E3779B97F4A7C15L;
    mixed ^= mixed >>> 32;
    mixed *= 0xD6E8FEB86659FD93L;
    return (mixed ^ mixed >>> 32) >>> 1;
  }
}
