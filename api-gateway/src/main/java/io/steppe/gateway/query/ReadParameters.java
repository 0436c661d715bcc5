package io.steppe.gateway.query;

import io.steppe.http.failure.Refusal;
import io.steppe.http.query.GoValues;
import io.steppe.http.query.Query;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.ToLongFunction;

/**
 * What every read understands.
 *
 * @param index blocks until the answer's index is above it; 0 does not block
 * @param longest time to block, jitter included
 * @param stale answer from what a replica has, without asking for the newest
 * @param namespace "default" where none is given; "*" for all
 * @param prefix of ids; empty for all
 * @param filter expression that holds for what is listed; empty for all
 * @param perPage objects on a page; empty for all
 * @param nextToken where the page starts; empty for the first
 * @param reverse newest first
 */
public record ReadParameters(
    long index,
    Duration longest,
    boolean stale,
    String namespace,
    String prefix,
    String filter,
    OptionalInt perPage,
    String nextToken,
    boolean reverse) {
  /** How long a request blocks that does not say. */
  public static final Duration DEFAULT_WAIT = Duration.ofMinutes(5);

  /** The longest a request may block. */
  public static final Duration MAX_WAIT = Duration.ofMinutes(10);

  /**
   * Part of the wait that is added at most, so that clients that started together come back apart.
   */
  static final int JITTER_FRACTION = 16;

  /**
   * Reads the parameters.
   *
   * @param jitter gives a number of nanoseconds from 0 up to its argument
   * @throws Refusal 400 for a value that is none
   */
  public static ReadParameters of(Query query, ToLongFunction<Duration> jitter) {
    Duration wait = wait(query);
    return new ReadParameters(
        index(query),
        wait.plusNanos(jitter.applyAsLong(wait.dividedBy(JITTER_FRACTION))),
        stale(query),
        namespace(query),
        query.text("prefix"),
        query.text("filter"),
        perPage(query),
        query.text("next_token"),
        query.bool("reverse", false));
  }

  /** The namespace asked for. */
  public static String namespace(Query query) {
    return query.text("namespace").isEmpty() ? "default" : query.text("namespace");
  }

  private static Duration wait(Query query) {
    String text = query.text("wait");
    if (text.isEmpty()) {
      return DEFAULT_WAIT;
    }
    Duration wait =
        GoValues.duration(text).orElseThrow(() -> Refusal.badRequest("Invalid wait time"));
    if (!wait.isPositive()) {
      return DEFAULT_WAIT;
    }
    return wait.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : wait;
  }

  private static long index(Query query) {
    String text = query.text("index");
    if (text.isEmpty()) {
      return 0;
    }
    long index = GoValues.integer(text).orElseThrow(() -> Refusal.badRequest("Invalid index"));
    if (index < 0 || text.startsWith("+")) {
      throw Refusal.badRequest("Invalid index");
    }
    return index;
  }

  private static boolean stale(Query query) {
    if (!query.has("stale") || query.text("stale").isEmpty()) {
      return query.has("stale");
    }
    return GoValues.bool(query.text("stale")).orElseThrow(ReadParameters::invalidStale);
  }

  private static Refusal invalidStale() {
    return Refusal.badRequest("Expect `true` or `false` for `stale` query string parameter");
  }

  private static OptionalInt perPage(Query query) {
    String text = query.text("per_page");
    if (text.isEmpty()) {
      return OptionalInt.empty();
    }
    long number =
        GoValues.integer(text)
            .orElseThrow(
                () -> Refusal.badRequest("Expect a number for `per_page` query string parameter"));
    if (number != (int) number) {
      throw Refusal.badRequest("Expect a number for `per_page` query string parameter");
    }
    return number > 0 ? OptionalInt.of((int) number) : OptionalInt.empty();
  }
}
