package io.steppe.gateway.acl.token;

import io.steppe.acl.state.AclView;
import io.steppe.gateway.acl.AclWrites;
import io.steppe.ledger.Change;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.Tables;
import io.steppe.rpc.v1.AclChanged;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Tokens that expired a while ago are forgotten, so many at a time.
 *
 * @param kept how long they are still listed
 */
record ForgetExpired(Duration kept) implements Decision<AclView, AclChanged> {
  private static final int AT_ONCE = 1_000;

  /** Whether there is anything to forget. */
  boolean isNeeded(AclView view, Instant now) {
    return !changes(view, now).isEmpty();
  }

  @Override
  public Outcome<AclChanged> decide(AclView view, long index, Instant now) {
    List<Change> changes = changes(view, now);
    return changes.isEmpty()
        ? new Outcome.Unchanged<>(AclChanged.getDefaultInstance())
        : AclWrites.changed(changes, index);
  }

  private List<Change> changes(AclView view, Instant now) {
    List<Change> changes = new ArrayList<>();
    view.tokens().byKey().values().stream()
        .filter(stored -> AclView.isExpired(stored.getToken(), now.minus(kept)))
        .limit(AT_ONCE)
        .forEach(stored -> changes.addAll(DeleteToken.of(view, stored)));
    if (changes.isEmpty()) {
      view.oneTimeTokens().byKey().values().stream()
          .filter(token -> token.getExpires() <= PutToken.nanos(now))
          .limit(AT_ONCE)
          .map(token -> Change.delete(Tables.ACL_ONE_TIME_TOKENS, token.getAccessorId()))
          .forEach(changes::add);
    }
    return changes;
  }
}
