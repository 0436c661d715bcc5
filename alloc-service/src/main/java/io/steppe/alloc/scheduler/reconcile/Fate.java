package io.steppe.alloc.scheduler.reconcile;

/** What an allocation is to its group right now, before the group's count is looked at. */
sealed interface Fate {

  /** It is over and done with: nobody counts it. */
  record Gone() implements Fate {}

  /** It fills a place: running, about to, or ended as it should. */
  record Kept() implements Fate {}

  /** It failed and is replaced at once. */
  record Reschedule() implements Fate {}

  /**
   * It failed and is replaced later; until then it fills its place.
   *
   * @param due Unix nanoseconds
   */
  record RescheduleLater(long due) implements Fate {}

  /** Its node is gone. */
  record Lost() implements Fate {}

  /**
   * Its node is gone, and may still stop it by itself: it is replaced when that is over.
   *
   * @param until Unix nanoseconds
   */
  record LostLater(long until) implements Fate {}

  /**
   * It has to leave its node.
   *
   * @param now whether at once, or only when another has a place
   */
  record Migrate(boolean now) implements Fate {}

  /**
   * Its node is away for now.
   *
   * @param replaced whether another runs in its place meanwhile
   * @param until when it is given up, Unix nanoseconds; 0 for never
   * @param known whether it was marked so before
   */
  record Away(boolean replaced, long until, boolean known) implements Fate {}

  /** It was told to end and its node is gone before it said that it did. */
  record EndedUnseen() implements Fate {}
}
