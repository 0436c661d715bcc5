package io.steppe.acl;

import io.steppe.rpc.Callers;
import java.time.Instant;

/**
 * Who makes a request.
 *
 * @param accessorId of the token, or "anonymous"
 * @param name of the token, for people
 * @param acl what it may do
 * @param expires when it may nothing any more; {@link Instant#MAX} for never
 */
public record Identity(String accessorId, String name, Acl acl, Instant expires) {
  /** Everybody, where rights are not asked for. */
  public static final Identity UNCHECKED =
      new Identity(Callers.ANONYMOUS, "Anonymous Token", Acl.management(), Instant.MAX);

  /** Whether it shows a token. */
  public boolean hasToken() {
    return !accessorId.equals(Callers.ANONYMOUS);
  }

  /**
   * Whether it has a right.
   *
   * @param subject the namespace, pool or volume that the right is about; empty where it is about
   *     nothing
   */
  public boolean may(Right right, String subject) {
    return switch (right) {
      case Right.None none -> true;
      case Right.AnyToken any -> hasToken() || acl.isManagement();
      case Right.Management management -> acl.isManagement();
      case Right.Depends depends -> false;
      default -> acl.isManagement() || acl.allows(right, subject);
    };
  }
}
