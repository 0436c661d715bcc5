package io.steppe.alloc.setting;

import io.steppe.alloc.view.AllocView;
import io.steppe.ledger.Change;
import io.steppe.ledger.Decision;
import io.steppe.ledger.Outcome;
import io.steppe.ledger.Tables;
import io.steppe.proto.v1.SchedulerConfiguration;
import io.steppe.rpc.v1.SetSettingReply;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Sets how jobs are placed in the region.
 *
 * @param ifIndex only if that is when it was set last; 0 for never
 */
record SetScheduler(SchedulerConfiguration wanted, Optional<Long> ifIndex)
    implements Decision<AllocView, SetSettingReply> {

  @Override
  public Outcome<SetSettingReply> decide(AllocView view, long index, Instant now) {
    var present = view.settings().scheduler();
    if (ifIndex.isPresent() && ifIndex.get() != present.getModifyIndex()) {
      return new Outcome.Unchanged<>(SetSettingReply.newBuilder().setIndex(index).build());
    }
    var stored =
        wanted.toBuilder()
            .setSchedulerAlgorithm(
                wanted.getSchedulerAlgorithm().isEmpty()
                    ? Settings.NONE.scheduler().getSchedulerAlgorithm()
                    : wanted.getSchedulerAlgorithm())
            .setPreemptionConfig(wanted.getPreemptionConfig())
            .setCreateIndex(present.getCreateIndex() == 0 ? index : present.getCreateIndex())
            .setModifyIndex(index)
            .build();
    return new Outcome.Commit<>(
        List.of(Change.put(Tables.SETTINGS, Settings.SCHEDULER, stored.toByteString())),
        SetSettingReply.newBuilder().setIndex(index).setUpdated(true).build());
  }
}
