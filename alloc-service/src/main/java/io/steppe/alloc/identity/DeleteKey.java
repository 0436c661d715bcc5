package io.steppe.alloc.identity;

import io.steppe.alloc.view.AllocView;
import io.steppe.ledger.Change;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.Tables;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.DeleteKeyReply;
import java.time.Instant;
import java.util.List;

/** Forgets a key that does not sign any more. */
record DeleteKey(String id) implements Decision<AllocView, DeleteKeyReply> {
  @Override
  public Outcome<DeleteKeyReply> decide(AllocView view, long index, Instant now) {
    var known = view.rootKeys().get(id);
    if (known == null) {
      return new Outcome.Refused<>(Failure.notFound("root key not found"));
    }
    if (known.getMeta().getState().equals(Keyring.ACTIVE)) {
      return new Outcome.Refused<>(
          Failure.conflict("active root key cannot be deleted - call rotate first"));
    }
    return new Outcome.Commit<>(
        List.of(Change.delete(Tables.ROOT_KEYS, id)),
        DeleteKeyReply.newBuilder().setIndex(index).build());
  }
}
