package io.steppe.gateway.acl.token;

import io.steppe.acl.state.AclView;
import io.steppe.gateway.acl.AclChanges;
import io.steppe.gateway.acl.AclWrites;
import io.steppe.ledger.Change;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.Tables;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.AclChanged;
import io.steppe.rpc.v1.StoredToken;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A token is forgotten, and the one-time token that gives it. */
record DeleteToken(String accessorId) implements Decision<AclView, AclChanged> {
  @Override
  public Outcome<AclChanged> decide(AclView view, long index, Instant now) {
    StoredToken token =
        view.token(accessorId)
            .orElseThrow(() -> Failure.invalid("Cannot delete nonexistent tokens: " + accessorId));
    return AclWrites.changed(of(view, token), index);
  }

  /** The changes that forget a token. */
  static List<Change> of(AclView view, StoredToken token) {
    String accessor = token.getToken().getAccessorId();
    List<Change> changes = new ArrayList<>();
    changes.add(AclChanges.delete(token));
    if (view.oneTimeTokens().byKey().containsKey(accessor)) {
      changes.add(Change.delete(Tables.ACL_ONE_TIME_TOKENS, accessor));
    }
    return changes;
  }
}
