package io.steppe.ledger;

import java.util.List;

/**
 * A step of a replica's view: the changes between two snapshots, in log order. After a reload
 * (first load, new epoch) {@code changes} is empty and {@code reloaded} true: a follower then looks
 * at the whole of {@code after}.
 */
public record Advance<V extends View<V>>(
    Snapshot<V> before, Snapshot<V> after, List<LoggedChange> changes, boolean reloaded) {}
