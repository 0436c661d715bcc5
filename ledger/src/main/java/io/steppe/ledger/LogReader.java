package io.steppe.ledger;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * Reads the log again, by short queries: for replays. Used on one thread, and answers there. Fails
 * with whatever the connection failed with; it is opened anew by the next call.
 */
public final class LogReader implements AutoCloseable {
  private static final int ROWS = 500;
  private static final long BYTES = 1 << 20;

  private final Line line;
  private final Set<String> tables;
  private final LogRows.Amount amount;

  private LogReader(Line line, Set<String> tables, boolean times) {
    this.line = line;
    this.tables = tables;
    this.amount = new LogRows.Amount(ROWS, BYTES, times);
  }

  /**
   * @param tables whose changes are read
   * @param thread where it is called and answers
   */
  public static LogReader open(
      Vertx vertx, LedgerSettings settings, Set<String> tables, Executor thread) {
    return new LogReader(
        new Line(vertx, settings, thread, "replay", settings.statementTimeout()),
        Set.copyOf(tables),
        !settings.objectsLoaded());
  }

  /**
   * A part of the log, whole indexes only.
   *
   * @param changes in order
   * @param upTo the index it reaches: what lies between the start and here is in {@code changes},
   *     if it is of the tables read
   * @param oldest the lowest index the log has; what was asked for below is gone
   */
  public record Chunk(List<LoggedChange> changes, long upTo, long epoch, long oldest) {}

  /**
   * The next changes after an index: about a mebibyte, and at least one whole index if there is
   * one.
   */
  public Uni<Chunk> after(long index) {
    return more(index, index, Integer.MAX_VALUE, List.of());
  }

  private Uni<Chunk> more(long start, long index, int ordinal, List<LoggedChange> read) {
    return LogRows.read(line, index, ordinal, tables, amount)
        .onItem()
        .transformToUni(page -> gathered(start, read, page));
  }

  private Uni<Chunk> gathered(long start, List<LoggedChange> read, LogRows.Page page) {
    List<LoggedChange> all = new ArrayList<>(read);
    all.addAll(page.changes());
    LogRows.Head head = page.head();
    if (page.complete()) {
      return Uni.createFrom()
          .item(new Chunk(all, Math.max(start, head.index()), head.epoch(), head.oldest()));
    }
    LoggedChange last = all.getLast();
    if (all.getFirst().index() == last.index()) {
      return more(start, last.index(), last.ordinal(), all);
    }
    List<LoggedChange> whole =
        all.stream().filter(change -> change.index() < last.index()).toList();
    return Uni.createFrom().item(new Chunk(whole, last.index() - 1, head.epoch(), head.oldest()));
  }

  @Override
  public void close() {
    line.close();
  }
}
