package io.steppe.ledger;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Replicas as somebody says they are: for tests, and for services that run alone. */
public final class FixedReplicas implements Replicas {
  private final String self;
  private final CopyOnWriteArrayList<Consumer<List<Member>>> followers =
      new CopyOnWriteArrayList<>();
  private volatile List<Member> members;

  public FixedReplicas(String self, List<Member> members) {
    this.self = self;
    this.members = sorted(members);
  }

  /** Changes who there is, and tells the followers on the calling thread. */
  public void set(List<Member> changed) {
    members = sorted(changed);
    followers.forEach(follower -> follower.accept(members));
  }

  @Override
  public List<Member> all() {
    return members;
  }

  @Override
  public Member self() {
    return members.stream().filter(member -> member.id().equals(self)).findFirst().orElseThrow();
  }

  @Override
  public AutoCloseable follow(Consumer<List<Member>> follower) {
    followers.add(follower);
    follower.accept(members);
    return () -> followers.remove(follower);
  }

  @Override
  public void close() {
    followers.clear();
  }

  private static List<Member> sorted(List<Member> members) {
    return members.stream().sorted(Comparator.comparing(Member::id)).toList();
  }
}
