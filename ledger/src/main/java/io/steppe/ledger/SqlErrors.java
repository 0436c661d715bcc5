package io.steppe.ledger;

import io.vertx.pgclient.PgException;
import java.util.Set;

/** What an error of PostgreSQL says about the statement it answered. */
final class SqlErrors {
  /** Functions, tables, schemas or rights that a service which is still starting will make. */
  private static final Set<String> NOT_YET = Set.of("42883", "42P01", "3F000", "42501");

  private SqlErrors() {}

  /** The statement had no effect: PostgreSQL said so, and its session goes on. */
  static boolean rolledBack(Throwable failure) {
    return failure instanceof PgException error && "ERROR".equals(error.getSeverity());
  }

  /**
   * The same statement may succeed later: locks, deadlocks, time and resources, or a schema that is
   * not there yet.
   */
  static boolean passing(Throwable failure) {
    if (!(failure instanceof PgException error)) {
      return false;
    }
    String state = error.getSqlState();
    return state.startsWith("40")
        || state.startsWith("53")
        || state.startsWith("55")
        || state.startsWith("57")
        || notYet(failure);
  }

  /** Something of the schema is missing. */
  static boolean notYet(Throwable failure) {
    return failure instanceof PgException error && NOT_YET.contains(error.getSqlState());
  }
}
