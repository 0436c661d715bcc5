package io.steppe.alloc.setting;

import io.steppe.alloc.view.AllocView;
import io.steppe.ledger.Change;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.FederatedRegion;
import io.steppe.rpc.Failure;
import io.steppe.rpc.v1.SetSettingReply;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Remembers where another region's gateways are: what is new comes first. Without any, forgets. */
record PutRegion(FederatedRegion region) implements Decision<AllocView, SetSettingReply> {
  private static final int MOST_REGIONS = 256;
  private static final int MOST_ADDRESSES = 16;

  @Override
  public Outcome<SetSettingReply> decide(AllocView view, long index, Instant now) {
    var present = view.settings().regions().get(region.getName());
    if (region.getAddressesCount() == 0) {
      return present == null
          ? unchanged(index)
          : commit(index, Change.delete(Tables.SETTINGS, key()));
    }
    if (present == null && view.settings().regions().size() >= MOST_REGIONS) {
      return new Outcome.Refused<>(Failure.conflict("too many regions are known"));
    }
    Set<String> addresses = new LinkedHashSet<>(region.getAddressesList());
    if (present != null) {
      addresses.addAll(present.getAddressesList());
    }
    var stored =
        FederatedRegion.newBuilder()
            .setName(region.getName())
            .addAllAddresses(addresses.stream().limit(MOST_ADDRESSES).toList())
            .build();
    return stored.equals(present)
        ? unchanged(index)
        : commit(index, Change.put(Tables.SETTINGS, key(), stored.toByteString()));
  }

  private String key() {
    return Settings.key(region);
  }

  private static Outcome<SetSettingReply> unchanged(long index) {
    return new Outcome.Unchanged<>(SetSettingReply.newBuilder().setIndex(index).build());
  }

  private static Outcome<SetSettingReply> commit(long index, Change change) {
    return new Outcome.Commit<>(
        List.of(change), SetSettingReply.newBuilder().setIndex(index).setUpdated(true).build());
  }
}
